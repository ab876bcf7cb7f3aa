"""What the screens say, in French: by the English sentence that stands in the code, place by place.

The tone is a curator's: what happened, then what to do, never “tu”; buttons are infinitives. Typographic spaces
(before “:” and “;”, inside guillemets) are no-break ones.
"""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # Navigation and header
    "Overview": "Vue d’ensemble",
    "Browse": "Parcourir",
    "Upload": "Envoyer",
    "Review": "Revue",
    "Export": "Exporter",
    "Label classes": "Classes",
    "Admin": "Admin",
    "Account": "Compte",
    "signed in as {login}": "connecté : {login}",
    "This page is not for your scope. Ask an admin if you need it.": (
        "Cette page n’est pas ouverte à votre rôle. Demandez à un admin s’il vous la faut."
    ),
    # States and queues
    "awaiting content": "en attente de contenu",
    "new": "nouveau",
    "annotated": "annoté",
    "sent back": "renvoyé",
    "unsure": "incertain",
    "disputed": "en désaccord",
    "parked": "mis de côté",
    "accepted": "accepté",
    "rejected": "rejeté",
    "withdrawn": "retiré",
    "To annotate": "À annoter",
    "To review": "À revoir",
    "Sent back": "Renvoyés",
    "Unsure": "Incertains",
    "Parked": "Mis de côté",
    "Disagreements": "Désaccords",
    "Filter": "Filtre",
    "{queue}: ": "{queue} : ",
    "Say in a comment what should be done differently.": "Dire en commentaire ce qui est à refaire autrement.",
    "Say in a note why this one is set aside.": "Dire dans une note pourquoi ce média est mis de côté.",
    "Give a reason for reopening.": "Donner une raison pour rouvrir.",
    # What happened to a media
    "registered": "enregistré",
    "submitted": "soumis",
    "unparked": "repris",
    "reopened": "rouvert",
    "undone": "annulé",
    "restored": "rétabli",
    # Signing in
    "Curation of camera pictures. Sign in to go on.": "Curation d’images de caméras. Se connecter pour continuer.",
    "Sign in": "Se connecter",
    "Login": "Identifiant",
    "Password": "Mot de passe",
    "You could not be signed in just now. Try again.": "La connexion n’a pas abouti. Réessayez.",
    "You are signed out. Reload the page to sign in again.": (
        "Vous êtes déconnecté. Rechargez la page pour vous reconnecter."
    ),
    # Account
    "looks and exports": "regarde et exporte",
    "a curator: uploads, annotates, reviews and exports": "curateur : envoie, annote, revoit et exporte",
    "a curator who also withdraws, edits label classes and manages accesses": (
        "curateur qui en plus retire des médias, modifie les classes et gère les accès"
    ),
    "{shortest} to {longest} bytes long: a letter of English is one byte, an accented one two, other scripts "
    "three or more.": (
        "De {shortest} à {longest} octets : une lettre simple en compte un, une lettre accentuée deux, "
        "les autres écritures trois ou plus."
    ),
    "No space at the beginning or the end; spaces inside are welcome.": (
        "Pas d’espace au début ni à la fin ; à l’intérieur, ils sont bienvenus."
    ),
    "Your other login sessions and your tokens end when it changes; this browser stays signed in.": (
        "Le changer met fin à vos autres sessions et à vos jetons ; ce navigateur reste connecté."
    ),
    "Your password is changed. Your other login sessions and your tokens have ended.": (
        "Le mot de passe est changé. Vos autres sessions et vos jetons ont pris fin."
    ),
    "Scope **{scope}**: {what}.": "Rôle **{scope}** : {what}.",
    "Signing out everywhere also ends the tokens of your programs.": (
        "Se déconnecter partout met aussi fin aux jetons de vos programmes."
    ),
    "New password": "Nouveau mot de passe",
    "New password, again": "Nouveau mot de passe, encore une fois",
    "Change password": "Changer le mot de passe",
    "Choose your own password": "Choisir votre mot de passe",
    "You signed in as {login} with a one-time password. An admin has seen it, so it opens nothing but this page.": (
        "Vous êtes connecté comme {login} avec un mot de passe à usage unique. Un admin l’a vu : il n’ouvre "
        "donc que cette page."
    ),
    "Sign out": "Se déconnecter",
    "Sign out everywhere": "Se déconnecter partout",
    "You are signed in here and nowhere else.": "Vous êtes connecté ici et nulle part ailleurs.",
    "You are signed in with {count} browsers, this one included.": (
        "Vous êtes connecté avec {count} navigateurs, celui-ci compris."
    ),
    "One-time password": "Mot de passe à usage unique",
    "Present password": "Mot de passe actuel",
    "Language": "Langue",
    "As the browser": "Celle du navigateur",
    "Keys": "Touches",
    "What the keys of the Review screen do. Press a button, then the key you want there; a key that does something "
    "else already is refused.": (
        "Ce que font les touches de l’écran de revue. Appuyez sur un bouton, puis sur la touche voulue ; une "
        "touche qui fait déjà autre chose est refusée."
    ),
    # Admin
    "Accesses": "Accès",
    "Installation": "Installation",
    "Audit trail": "Journal",
    "{n} media in all, withdrawn ones included": "{n} médias en tout, retirés compris",
    "{waiting} waiting, {running} running, {failed} failed": (
        "{waiting} en attente, {running} en cours, {failed} en échec"
    ),
    "Change": "Modifier",
    "New access": "Nouvel accès",
    "Check the bucket": "Vérifier le bucket",
    "The tables are those of this version.": "Les tables sont celles de cette version.",
    "The tables are not those of this version: run `manage.py migrate`.": (
        "Les tables ne sont pas celles de cette version : lancez `manage.py migrate`."
    ),
    "Try the failed ones again": "Relancer ceux en échec",
    "Bucket": "Bucket",
    "Kept in {place}. The check writes a small object, reads it and deletes it.": (
        "Conservé dans {place}. La vérification écrit un petit objet, le lit et le supprime."
    ),
    "Database": "Base de données",
    "Jobs": "Tâches",
    "viewer: looks and exports": "viewer : regarde et exporte",
    "user: a curator, who uploads, annotates and reviews": "user : curateur, qui envoie, annote et revoit",
    "admin: also withdraws and manages": "admin : en plus retire et gère",
    "device: only sends media, by the API": "device : envoie seulement des médias, par l’API",
    "Access": "Accès",
    "Scope": "Rôle",
    "One-time password of **{login}**, shown only here and now:": (
        "Mot de passe à usage unique de **{login}**, montré ici et maintenant seulement :"
    ),
    "Pass it on by a safe way. A person has to change it at the first sign-in.": (
        "À transmettre par une voie sûre. Une personne doit le changer à la première connexion."
    ),
    "I have noted it": "C’est noté",
    "Create": "Créer",
    "Choose one": "Choisir",
    "This is your own access. Its password is changed on the Account page.": (
        "C’est votre propre accès. Son mot de passe se change sur la page Compte."
    ),
    "I know that I lose this page at once, and that only another admin can give it back.": (
        "Je sais que je perds aussitôt cette page, et que seul un autre admin peut la rendre."
    ),
    "Change scope": "Changer le rôle",
    "Disabling, a reset and signing out end all login sessions and tokens at once.": (
        "Désactiver, réinitialiser et déconnecter mettent aussitôt fin à toutes les sessions et à tous les jetons."
    ),
    "{login} has the scope {scope}.": "{login} a le rôle {scope}.",
    "{login} is disabled and signed out everywhere.": "{login} est désactivé et déconnecté partout.",
    "{login} may enter again.": "{login} peut de nouveau entrer.",
    "{login} is signed out everywhere.": "{login} est déconnecté partout.",
    "Disable": "Désactiver",
    "Enable": "Réactiver",
    "Reset password": "Réinitialiser le mot de passe",
    "disabled {when}": "désactivé le {when}",
    "one-time password": "mot de passe à usage unique",
    "media {id}": "média {id}",
    "login": "identifiant",
    "scope": "rôle",
    "created": "créé",
    "last seen": "vu en dernier",
    "when": "quand",
    "who": "qui",
    "what": "quoi",
    "about": "à propos de",
    "from": "depuis",
    "asked for": "demandée",
    "job": "tâche",
    "of": "de",
    "last failure": "dernier échec",
    "No job has failed for good.": "Aucune tâche n’a échoué pour de bon.",
    "tried": "essai",
    "seen": "constat",
    "never": "jamais",
    "works": "fonctionne",
    "not offered": "non offert",
    "fails": "échoue",
    "Undo a run of acts": "Annuler une série d’actes",
    "Everything that one person submitted and decided in a span of time, as far as nobody has acted on it since. "
    "The history of each media keeps all of it.": (
        "Tout ce qu’une personne a soumis et décidé dans une période, tant que personne n’y a touché depuis. "
        "L’historique de chaque média garde tout."
    ),
    "Person": "Personne",
    "From": "Du",
    "To": "Au",
    "Preview": "Aperçu",
    "The newest {n} acts of this span are looked at. Preview again for those before.": (
        "Les {n} actes les plus récents de cette période sont examinés. Un nouvel aperçu montrera les précédents."
    ),
    "The newest {n} of them:": "Les {n} plus récents :",
    "Close": "Fermer",
    "will be undone": "sera annulé",
    "stays: {why}": "reste : {why}",
    "Choose a person, and from when to when.": "Choisissez une personne, et de quand à quand.",
    # What the audit trail and the list of jobs name
    "access created": "accès créé",
    "access imported": "accès importé",
    "first admin created": "premier admin créé",
    "scope changed": "rôle changé",
    "access disabled": "accès désactivé",
    "access enabled": "accès réactivé",
    "password reset": "mot de passe réinitialisé",
    "admin rescued": "admin secouru",
    "annotation file": "fichier d’annotation",
    "login sessions ended": "sessions terminées",
    "failed jobs retried": "tâches en échec relancées",
    "label class created": "classe créée",
    "label class changed": "classe modifiée",
    "label class retired": "classe abandonnée",
    "label class offered again": "classe proposée de nouveau",
    "media withdrawn": "média retiré",
    "media restored": "média rétabli",
    "sign in failed": "connexion échouée",
    "signed in": "connexion",
    "signed out": "déconnexion",
    "signed out everywhere": "déconnexion partout",
    "token issued": "jeton délivré",
    "password changed": "mot de passe changé",
    "tags changed": "étiquettes changées",
    "media registered": "média enregistré",
    "spread undone": "pose annulée",
    "example chosen": "exemple choisi",
    "example dropped": "exemple enlevé",
    "question created": "question créée",
    "question changed": "question modifiée",
    "shape spread": "forme posée ailleurs",
    "run undone": "série annulée",
    # Browse
    "← Newer": "← Plus récents",
    "Older →": "Plus anciens →",
    "← Older": "← Plus anciens",
    "Newer →": "Plus récents →",
    "← Previous": "← Précédents",
    "Next →": "Suivants →",
    "Size": "Taille",
    "Shapes": "Formes",
    "Show all media": "Montrer tous les médias",
    "Nothing is left on this page of the list.": "Il ne reste rien sur cette page de la liste.",
    "First page": "Première page",
    "Export these": "Exporter ceux-ci",
    "No media yet.": "Pas encore de média.",
    "No media match these filters. Take one away:": "Aucun média ne répond à ces filtres. En enlever un :",
    "Review these": "Revoir ceux-ci",
    "Upload pictures": "Envoyer des images",
    # The filter bar
    "Newest first": "Récents d’abord",
    "Oldest first": "Anciens d’abord",
    "Captured last first": "Prises récentes",
    "Captured first first": "Prises anciennes",
    "File name": "Nom de fichier",
    "Source, then time": "Source puis heure",
    "Highest score first": "Meilleur score",
    "Random": "Au hasard",
    "yes": "oui",
    "no": "non",
    "Uploader": "Envoyé par",
    "Uploader (login)": "Envoyé par (identifiant)",
    "Annotator": "Annoté par",
    "Annotator (login)": "Annoté par (identifiant)",
    "Reviewer": "Revu par",
    "Reviewer (login)": "Revu par (identifiant)",
    "Question": "Question",
    "Acted on by": "Traité par",
    "Acted on by (login)": "Traité par (identifiant)",
    "Acted on": "Traité",
    "Acted on from": "Traité depuis le",
    "Captured": "Pris",
    "Captured from": "Pris du",
    "Uploaded": "Envoyé",
    "Uploaded from": "Envoyé du",
    "to": "au",
    "Order": "Ordre",
    "Send back to {login} only": "Renvoyer à {login} seulement",
    "Sent back to {login}": "Renvoyé à {login}",
    "State": "État",
    "Label class": "Classe",
    "Tag": "Étiquette",
    "contains {text}": "contient {text}",
    "Has shapes": "A des formes",
    "File name contains": "Le nom de fichier contient",
    "Days are those of {zone}.": "Les jours sont ceux de {zone}.",
    "Remove all filters": "Enlever tous les filtres",
    "some": "présentes",
    "none": "absentes",
    "Choose": "Choisir",
    # Times
    "Jan": "janv.",
    "Feb": "févr.",
    "Mar": "mars",
    "Apr": "avr.",
    "May": "mai",
    "Jun": "juin",
    "Jul": "juil.",
    "Aug": "août",
    "Sep": "sept.",
    "Oct": "oct.",
    "Nov": "nov.",
    "Dec": "déc.",
    "until {time}": "jusqu’au {time}",
    "from {time}": "depuis le {time}",
    # One media
    "Review this": "Revoir celui-ci",
    "History": "Historique",
    "Annotations": "Annotations",
    "Annotation to show": "Annotation à montrer",
    "None yet.": "Aucune pour l’instant.",
    "{text} :gray[(earlier)]": "{text} :gray[(antérieure)]",
    "{time} (assumed)": "{time} (supposé)",
    "{width} × {height}, {size}": "{width} × {height}, {size}",
    "{time} by {login}": "{time} par {login}",
    "Azimuth": "Azimut",
    "Picture": "Image",
    "Camera": "Caméra",
    "Place": "Lieu",
    "Id": "Id",
    "Bucket key": "Clé du bucket",
    "In the bucket": "Dans le bucket",
    "map": "carte",
    "nothing here": "rien ici",
    "no shapes": "aucune forme",
    "commented": "commenté",
    "Comments": "Commentaires",
    "No comments yet.": "Aucun commentaire pour l’instant.",
    "Say something; @login mentions a person": "Un mot ; @identifiant mentionne une personne",
    "Add the comment": "Commenter",
    "Said, and mentioned {logins}.": "Dit, avec mention de {logins}.",
    "Frames": "Images",
    "Crops": "Détails",
    "Frames or crops": "Images ou détails",
    # Tags
    "Tag…": "Étiqueter…",
    "Add tags": "Ajouter des étiquettes",
    "Remove tags": "Enlever des étiquettes",
    "Choose, or type a new one": "Choisir, ou en taper une nouvelle",
    "{media} selected. A tag has at most {n} characters and no semicolon.": (
        "Sélection : {media}. Une étiquette a au plus {n} caractères et pas de point-virgule."
    ),
    "{media} will get {added}.": "{media} : ajouter {added}.",
    "{media} will lose {removed} where they have it.": "{media} : enlever {removed} à ceux qui l’ont.",
    "{media} will get {added} and lose {removed} where they have it.": (
        "{media} : ajouter {added}, enlever {removed} à ceux qui l’ont."
    ),
    "Undo": "Annuler",
    "Dismiss": "Fermer",
    "Nothing to change: the tags were like that.": "Rien à changer : les étiquettes étaient déjà ainsi.",
    "Tags are as they were.": "Les étiquettes sont comme avant.",
    # Overview
    "No media yet": "Pas encore de média",
    "Upload the first pictures: files, folders or a ZIP archive.": (
        "Envoyez les premières images : des fichiers, des dossiers ou une archive ZIP."
    ),
    "As soon as a curator uploads pictures, they are counted here.": (
        "Dès qu’un curateur envoie des images, elles sont comptées ici."
    ),
    "waiting for you": "vous attendent",
    "waiting for anyone": "attendent quelqu’un",
    "to annotate or to review": "à annoter ou à revoir",
    "of your answers sent back": "de vos réponses renvoyées",
    "media in all": "médias en tout",
    "Accepted": "Acceptés",
    "Rejected": "Rejetés",
    "Mine today": "Traités par moi aujourd’hui",
    "Why they are parked": "Pourquoi ils sont mis de côté",
    "newest first": "les plus récents d’abord",
    "the newest {n}": "les {n} plus récents",
    "file name": "nom du fichier",
    "source": "source",
    "note": "note",
    "Nothing is parked.": "Rien n’est mis de côté.",
    "Continue reviewing": "Continuer la revue",
    "Nothing waits": "Rien n’attend",
    "in answers that count": "dans les réponses qui comptent",
    "shapes": "formes",
    "media": "médias",
    "No media has been annotated with one yet.": "Aucun média n’a encore été annoté avec l’une d’elles.",
    "Sources": "Sources",
    "No media has a source yet.": "Aucun média n’a encore de source.",
    "Decisions": "Décisions",
    "media by who decided last": "médias par dernier décideur",
    "Nothing has been decided yet.": "Rien n’a encore été décidé.",
    "Agreement": "Accord",
    "in answers given blind, least first": "entre réponses à l’aveugle, les moindres d’abord",
    "Curators": "Curateurs",
    "who agree with another": "d’accord avec quelqu’un d’autre",
    "Yourself": "Vous-même",
    "older answers given once more; only you see this": "d’anciennes réponses redonnées ; vous seul voyez ceci",
    "label class": "classe",
    "agree": "accord",
    "both": "les deux",
    "only one": "un seul",
    "curator": "curateur",
    "compared": "comparées",
    "the same": "identiques",
    "again": "redonnées",
    "in all": "en tout",
    "week of {day}": "semaine du {day}",
    "Nothing has been compared yet.": "Rien n’a encore été comparé.",
    "Between {start}:00 and {end}:00 you differ from yourself most often.": (
        "Entre {start} h et {end} h, vous différez le plus souvent de vous-même."
    ),
    "{n} more": "{n} de plus",
    "Days by": "Jours par",
    "Number of days": "Nombre de jours",
    "up to today": "jusqu’à aujourd’hui",
    "up to {day}, the newest": "jusqu’au {day}, le plus récent",
    "**Media per day** :gray[by state, {until}]": "**Médias par jour** :gray[par état, {until}]",
    "No media with a time when they were uploaded.": "Aucun média avec une heure d’envoi.",
    "No media with a time when they were captured.": "Aucun média avec une heure de prise.",
    "Mark all as seen": "Tout marquer comme vu",
    "said": "dit",
    "{first} and {second}": "{first} et {second}",
    "{n}%": "{n} %",
    # Review
    "Queue": "File",
    "Capture time": "Heure de prise",
    "Upload time": "Heure d’envoi",
    "Model score": "Score du modèle",
    "With the picture tools": "Avec les outils d’image",
    "Go to the queues": "Aller aux files",
    "Nothing is left in {queue}.": "Il ne reste rien dans « {queue} ».",
    "Whole picture": "Image entière",
    "Comment": "Commentaire",
    "Accept": "Accepter",
    "Reject": "Rejeter",
    "Mark unsure": "Incertain",
    "Send back": "Renvoyer",
    "Park": "Mettre de côté",
    "Unpark": "Reprendre",
    "Reopen": "Rouvrir",
    "Nothing here": "Rien ici",
    "Skip": "Passer",
    "submitted, no shapes": "soumis, aucune forme",
    "{name}: {what}.": "{name} : {what}.",
    "Taken back.": "Annulé.",
    "Answer {n} by {login}:": "Réponse {n} · {login} :",
    "{where}, {share} % of the picture": "{where}, {share} % de l’image",
    "upper left": "en haut à gauche",
    "upper middle": "en haut au milieu",
    "upper right": "en haut à droite",
    "centre left": "au centre à gauche",
    "centre middle": "au centre",
    "centre right": "au centre à droite",
    "lower left": "en bas à gauche",
    "lower middle": "en bas au milieu",
    "lower right": "en bas à droite",
    # Upload
    "Source": "Source",
    "Tags": "Étiquettes",
    "Sequence": "Séquence",
    "Camera or site": "Caméra ou site",
    "Choose, or type new ones": "Choisir, ou en taper",
    "Frames that belong together": "Images qui vont ensemble",
    "Capture times": "Heures de prise",
    "A picture's own time counts. Its zone is used where the picture names none; start and interval give a time to "
    "pictures that have none, in the order of their names.": (
        "L’heure que porte l’image compte. Le fuseau sert là où l’image n’en nomme aucun ; début et intervalle "
        "donnent une heure aux images qui n’en ont pas, dans l’ordre de leurs noms."
    ),
    "Time zone": "Fuseau horaire",
    "Start": "Début",
    "at": "à",
    "Interval in seconds": "Intervalle en secondes",
    # Export
    "One row per media": "Une ligne par média",
    "One row per shape": "Une ligne par forme",
    "Rows": "Lignes",
    "Raw cells": "Cellules brutes",
    "Columns": "Colonnes",
    "Normally a text that begins like a formula gets a leading apostrophe, so that no spreadsheet runs it. Raw leaves "
    "all cells untouched: for programs.": (
        "D’ordinaire un texte qui commence comme une formule reçoit une apostrophe, pour qu’aucun tableur ne "
        "l’exécute. « Brutes » laisse toutes les cellules intactes : pour les programmes."
    ),
    "All columns, in their usual order": "Toutes, dans leur ordre habituel",
    "No media match these filters: the file would hold its header only. Remove a filter.": (
        "Aucun média ne répond à ces filtres : le fichier n’aurait que son en-tête. Enlevez un filtre."
    ),
    "The same from a program": "La même chose depuis un programme",
    "With a token from `POST /api/login/access-token`:": "Avec un jeton de `POST /api/login/access-token` :",
    "Export all media": "Exporter tous les médias",
    "Contact sheet": "Planche-contact",
    "Frames with their shapes, the smallest one magnified, six to a page, to print or to send.": (
        "Les images avec leurs formes, la plus petite agrandie, six par page, à imprimer ou à envoyer."
    ),
    "**{count} media match: the sheet shows the first {most} of them, in this order.**": (
        "**{count} médias correspondent : la planche montre les {most} premiers, dans cet ordre.**"
    ),
    "Contact sheet as PDF": "Planche-contact en PDF",
    "the first {n} of {total} media": "les {n} premiers de {total} médias",
    "Contact sheet: {what}": "Planche-contact : {what}",
    "page {n} of {total}": "page {n} sur {total}",
    "This media is no longer shown.": "Ce média n’est plus montré.",
    "The picture is not in the bucket.": "L’image n’est pas dans le bucket.",
    "no capture time": "sans heure de prise",
    "{time} (zone assumed)": "{time} (fuseau supposé)",
    "not answered yet": "pas encore de réponse",
    "a file, as it was sent": "un fichier, tel qu’envoyé",
    "whole picture: {names}": "image entière : {names}",
    # Label classes
    "name": "nom",
    "key": "clé",
    "hotkey": "touche",
    "group": "groupe",
    "applies to": "s’applique à",
    "parent": "parent",
    "retired": "abandonnée",
    "pinned": "épinglée",
    "Admins change label classes and questions.": "Les admins modifient les classes et les questions.",
    "There is no label class yet.": "Il n’y a pas encore de classe.",
    "New label class": "Nouvelle classe",
    "shapes, media": "formes, médias",
    "A retired label class is no longer offered. Shapes that have it keep it; its hotkey becomes free.": (
        "Une classe abandonnée n’est plus proposée. Les formes qui l’ont la gardent ; sa touche redevient libre."
    ),
    "Guide": "Guide",
    "What the label class means, shown beside the work.": "Ce que veut dire la classe, montré à côté du travail.",
    "Colour": "Couleur",
    "Hotkey": "Touche",
    "Group": "Groupe",
    "Applies to": "S’applique à",
    "Parent": "Parent",
    "None": "Aucun",
    "Name": "Nom",
    "Key": "Clé",
    "Save": "Enregistrer",
    "Move up": "Monter",
    "Move down": "Descendre",
    "1 to 9, or F A": "1 à 9, ou F A",
    "One stroke 1 to 9, or F and then a letter.": "Une frappe de 1 à 9, ou F puis une lettre.",
    "Label classes of different groups exclude each other for a whole picture.": (
        "Les classes de groupes différents s’excluent pour une image entière."
    ),
    "Pinned: shown first on the Review screen": "Épinglée : montrée en premier à l’écran de revue",
    "{name} is offered.": "{name} est proposée.",
    "Saved.": "Enregistré.",
    "{name} is no longer offered.": "{name} n’est plus proposée.",
    "{name} is offered again.": "{name} est de nouveau proposée.",
    "made from the name when empty": "faite du nom si vide",
    "What answers and exports carry: a-z, 0-9, _ and -. It is never changed later.": (
        "Ce que portent réponses et exports : a-z, 0-9, _ et -. Elle ne change plus ensuite."
    ),
    "Retire": "Abandonner",
    "Offer again": "Proposer de nouveau",
    # When something is away
    "The database cannot be reached. What you typed is kept: the page goes on when it can.": (
        "La base de données est injoignable. Ce que vous avez saisi est conservé : la page reprendra dès que possible."
    ),
    "The database went away at the last moment: this may be stored, or not. Look before you try again.": (
        "La base de données a disparu au dernier moment : ceci est peut-être enregistré, peut-être pas. "
        "Vérifiez avant d’essayer de nouveau."
    ),
    "The database cannot be reached at the moment. Nothing was changed. Try again in a while.": (
        "La base de données est injoignable pour l’instant. Rien n’a été changé. Réessayez dans un moment."
    ),
    "The bucket cannot be reached at the moment. Nothing was changed. Try again in a while.": (
        "Le bucket est injoignable pour l’instant. Rien n’a été changé. Réessayez dans un moment."
    ),
    "Something went wrong that should not have. It was logged. Reload the page to go on.": (
        "Quelque chose d’imprévu a échoué. C’est consigné. Rechargez la page pour continuer."
    ),
    "This part of the page could not be loaded. Reload the page to try again.": (
        "Cette partie de la page n’a pas pu être chargée. Rechargez la page pour réessayer."
    ),
    # Crops and contact sheets
    # Questions, and examples of label classes
    "question": "question",
    "asked": "posée",
    "not asked": "non posée",
    "required": "obligatoire",
    "Asked": "Posée",
    "Questions": "Questions",
    "Questions about the whole picture": "Questions sur l’image entière",
    "There is no question yet.": "Il n’y a pas encore de question.",
    "replied yes": "réponses oui",
    "replied no": "réponses non",
    "Yes-or-no questions about the whole picture, beside its shapes. While one is required, nothing is submitted or "
    "accepted without a reply; answers that already stand keep theirs, or none.": (
        "Des questions à réponse oui ou non sur l’image entière, en plus de ses formes. Tant que l’une est "
        "obligatoire, rien n’est soumis ni accepté sans réponse ; les annotations déjà faites gardent "
        "la leur, ou aucune."
    ),
    "Question `{key}`": "Question `{key}`",
    "New question": "Nouvelle question",
    "“{question}”: {asked}.": "« {question} » : {asked}.",
    "{question} (required)": "{question} (obligatoire)",
    "Is the horizon hidden?": "L’horizon est-il caché ?",
    "made from the question when empty": "tirée de la question si vide",
    "examples": "exemples",
    "**Examples**": "**Exemples**",
    "{n} of {most} chosen; the newest accepted media fill up.": (
        "{n} choisis sur {most} ; les derniers médias acceptés complètent."
    ),
    "example of {key}, media {id}": "exemple de {key}, média {id}",
    "Media {id} ✕": "Média {id} ✕",
    "Take this example away": "Enlever cet exemple",
    "Media id": "Identifiant du média",
    "as Browse shows it": "comme l’affiche Parcourir",
    "Add example": "Ajouter l’exemple",
    "“Use as example of…” beside a media in Browse does the same.": (
        "« Prendre pour exemple de… », à côté d’un média dans Parcourir, fait de même."
    ),
    "Use as example of…": "Prendre pour exemple de…",
    "Use as example": "Prendre pour exemple",
    "Media {id} is an example of {name} now.": "Le média {id} est maintenant un exemple de {name}.",
    "Media {id} is no chosen example any more.": "Le média {id} n’est plus un exemple choisi.",
}

# By the English sentence for many: the French ones for none or one, and for more.
PLURALS: dict[str, tuple[str, str]] = {
    "accepted": ("accepté", "acceptés"),
    "**You were mentioned** in {n} comments": (
        "**Vous êtes mentionné** dans {n} commentaire",
        "**Vous êtes mentionné** dans {n} commentaires",
    ),
    "**{login}**, {start} to {end}: {n} acts can be undone.{left}": (
        "**{login}**, du {start} au {end} : {n} acte peut être annulé.{left}",
        "**{login}**, du {start} au {end} : {n} actes peuvent être annulés.{left}",
    ),
    "Undo these {n} acts": ("Annuler cet acte", "Annuler ces {n} actes"),
    "{n} stay: {why}": ("{n} reste : {why}", "{n} restent : {why}"),
    "{n} acts of {login} undone.{left}": (
        "{n} acte de {login} annulé.{left}",
        "{n} actes de {login} annulés.{left}",
    ),
    "{n} selected": ("{n} sélectionné", "{n} sélectionnés"),
    "without {label} :gray[{text}]: {figure} media": (
        "sans {label} :gray[{text}] : {figure} média",
        "sans {label} :gray[{text}] : {figure} médias",
    ),
    "{n} jobs are tried again.": ("{n} tâche est relancée.", "{n} tâches sont relancées."),
    "{n} more are found with the filters of Browse.": (
        "{n} de plus se trouve avec les filtres de Parcourir.",
        "{n} de plus se trouvent avec les filtres de Parcourir.",
    ),
    "{n} days": ("{n} jour", "{n} jours"),
    "{figure} media": ("{figure} média", "{figure} médias"),
    "{n} media": ("{n} média", "{n} médias"),
    "{n} shapes": ("{n} forme", "{n} formes"),
    "Tag {n} media": ("Étiqueter {n} média", "Étiqueter {n} médias"),
    "{n} media tagged: {done}.": ("{n} média étiqueté : {done}.", "{n} médias étiquetés : {done}."),
}
