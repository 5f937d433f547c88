"""What `halfday mirror setup` tells the person who makes the Google copy, step by step."""

from collections.abc import Sequence

from halfday_sync.sheets.sharing import ROLES

KEY = """\
1. A key for Halfday. The school's Google administrator (or whoever may use the Google Cloud console) does this:
   a. At https://console.cloud.google.com choose 'New project', for example 'Attendance'. It costs nothing.
   b. APIs and services, Library: switch on 'Google Sheets API', then 'Google Drive API'.
   c. IAM and admin, Service accounts, 'Create service account', for example 'halfday'. Give it no role.
   d. Open the account: Keys, Add key, Create new key, JSON. A file is downloaded: that is the key.
   If the last step is forbidden, the administrator lifts the rule 'Disable service account key creation' \
(Organisation policies, iam.disableServiceAccountKeyCreation) for this project only.""".splitlines()
_PLACE = """\
2. A place for the copy, so that it belongs to the school and not to one person:
   a. Best: in Google Drive, Shared drives, IT makes a new one, for example 'Attendance for SLT'. Its members are \
IT, and as Content manager:
      {account}
   SLT are not members of it: they get the one file, by its own Share button.
   b. Without Shared drives: somebody's My Drive will do. The file is shared with that same address as Editor.
   That address gets no e-mail: untick 'Notify people' when you share."""
SHEET = """\
3. An empty Google Sheet: a person makes it there (New, Google Sheets), gives it a name, and leaves it empty. Its \
locale (File, Settings) is United Kingdom, so that 4/12 is 4 December. Halfday makes no files itself, and cannot share \
any.""".splitlines()
PEOPLE = """\
4. Who may see it. Each by their own address at the school; a group only where the school knows who is in it.
   Viewers read. Commenters read and comment. Editors can write what was agreed, and it comes back into the tracker.
   Share the file with them in Google (Share), and say the same here: Halfday writes only while both \
agree.""".splitlines()
GENERAL = """\
5. What keeps it in the school. In the file, Share:
   a. General access: Restricted.
   b. The cog wheel: untick 'Viewers and commenters can see the option to download, print, and copy'.
   c. In a My Drive, also untick 'Editors can change permissions and share'.
   And IT, in the admin console (admin.google.com): Apps, Google Workspace, Drive and Docs, Sharing settings: \
publishing files on the web is off.""".splitlines()
SHARING_ON = (
    "Editors can share the file with others. In Share, the cog wheel, untick 'Editors can change permissions and "
    "share': once somebody is added who is not on the list, Halfday writes no more."
)
VERDICT = ("6. A look at who has access. Nothing is written.",)


def place(account: str) -> list[str]:
    """Where the copy is to be, for the account that writes it."""
    return _PLACE.format(account=account).splitlines()


def of_locale(locale: str) -> str:
    """What to change where Google would take another day for the one that is typed; empty where it is in order.

    >>> of_locale("en_GB"), of_locale("en_US")[:60]
    ('', 'Google reads dates in this file as in another country (en_US')
    """
    if not locale or locale.endswith(("_GB", "_IE")):
        return ""
    return (
        f"Google reads dates in this file as in another country ({locale}): 4/12 may become 12 April. In the file, "
        "File, Settings, set the locale to United Kingdom."
    )


def shown(role: str) -> str:
    """A role as the Share dialog calls it.

    >>> shown("commenter"), shown("writer")
    ('Commenter', 'Editor')
    """
    return ROLES.get(role, role)


def role_of(words: str) -> str:
    """A role, from the Share dialog's word or Drive's own; empty where it is neither.

    >>> role_of("viewer"), role_of("writer"), role_of("boss")
    ('reader', 'writer', '')
    """
    known = {name.casefold(): role for role, name in ROLES.items()} | {role.casefold(): role for role in ROLES}
    return known.get(words.strip().casefold(), "")


def closing(where: str) -> Sequence[str]:
    """What comes next, once all is in order."""
    return (
        "All is ready. Setting up has written nothing to the Google Sheet. Next:",
        f"  halfday mirror preview copy.xlsx{where}   what would stand there, as a workbook to look at",
        f"  halfday mirror sync{where}   brings it up to date now; from then on every 'halfday run' does it",
    )
