"""Storage checks, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # What the audit trail and the jobs call it
    "storage check": "vérification du stockage",
    "storage check asked for": "vérification du stockage demandée",
    "storage repaired": "stockage réparé",
    # Why a check could not look
    "It was interrupted before it had ended.": "Elle a été interrompue avant la fin.",
    "The database did not answer, or not in time.": "La base de données n’a pas répondu, ou pas à temps.",
    # The section of the Admin page
    "Storage": "Stockage",
    "Kept in {place}.": "Conservé dans {place}.",
    "Test the bucket now": "Tester le bucket maintenant",
    "It has not been tested since this server began: it did not answer.": (
        "Il n’a pas été testé depuis le démarrage de ce serveur : il n’a pas répondu."
    ),
    "It works; tested {ago}.": "Il fonctionne ; testé {ago}.",
    "It fails its test; tested {ago}.": "Il échoue à son test ; testé {ago}.",
    "Database and bucket compared": "Base de données et bucket comparés",
    "Looked at every hour; once a week every object is read from its first byte to its last.": (
        "Vérifié toutes les heures ; une fois par semaine chaque objet est lu du premier octet au dernier."
    ),
    "Last found in order {ago}. {often}": "Trouvé en ordre pour la dernière fois {ago}. {often}",
    "Not found in order yet. {often}": "Pas encore trouvé en ordre. {often}",
    "Checking… {looked_at}": "Vérification… {looked_at}",
    "it begins": "elle commence",
    "Check now": "Vérifier maintenant",
    "Read every object": "Lire chaque objet",
    "Finds bytes that changed. It takes as long as downloading everything.": (
        "Trouve les octets qui ont changé. Cela dure aussi longtemps que de tout télécharger."
    ),
    "Repair…": "Réparer…",
    "What is lost or damaged is marked and not shown any more, until the same file is uploaded again. Rows are written "
    "anew from their history. Objects that nobody knows go to the trash for a week. Nothing is changed where "
    "suspiciously much differs.": (
        "Ce qui est perdu ou abîmé est marqué et n’est plus montré, jusqu’à ce que le même fichier soit de nouveau "
        "envoyé. Les lignes sont réécrites d’après leur historique. Les objets que personne ne connaît vont une "
        "semaine à la corbeille. Rien n’est changé quand trop de choses diffèrent."
    ),
    "Check everything and repair": "Tout vérifier et réparer",
    "Read everything and repair": "Tout lire et réparer",
    "by itself": "d’elle-même",
    "found": "trouvé",
    "looked at": "vu",
    "look": "regarder",
    "all bytes": "tous les octets",
    "look and repair": "regarder et réparer",
    "all bytes, and repair": "tous les octets, et réparer",
    "under way": "en cours",
    "in order": "en ordre",
    "differs": "diffère",
    "stopped": "arrêtée",
    "could not look": "n’a pas pu voir",
    "No check yet: the first comes by itself within an hour.": (
        "Pas encore de vérification : la première se fait d’elle-même dans l’heure."
    ),
    # What was found
    "where": "où",
    "{found} bytes instead of {size}": "{found} octets au lieu de {size}",
    "{what}: {on_row}, by its history {by_history}": "{what} : {on_row}, d’après l’historique {by_history}",
    "The bucket does not hold these pictures any more. Uploading the same files again brings them back.": (
        "Le bucket ne contient plus ces images. Envoyer de nouveau les mêmes fichiers les fait revenir."
    ),
    "What the bucket holds is not what was stored. Uploading the same files again mends it.": (
        "Le bucket ne contient pas ce qui y avait été mis. Envoyer de nouveau les mêmes fichiers le répare."
    ),
    "They are called as our pictures are, and no media has them. A repair puts them into the trash for a week.": (
        "Ils portent des noms comme ceux de nos images, et aucun média ne les a. Une réparation les met une semaine à "
        "la corbeille."
    ),
    "Their bytes ended early twice, so nothing is known of them. The next check that reads tries again.": (
        "Leurs octets se sont arrêtés trop tôt deux fois : on n’en sait rien. La prochaine vérification qui lit "
        "essaiera de nouveau."
    ),
    "They are put into the trash for a week: uploading the same files takes them out.": (
        "Ils sont mis une semaine à la corbeille : envoyer les mêmes fichiers les en sort."
    ),
    "A repair deletes the second object after eight days, or keeps that one if the first is not whole.": (
        "Une réparation supprime le second objet au bout de huit jours, ou garde celui-là si le premier n’est "
        "pas entier."
    ),
    "They were lost or damaged, and are whole. A repair shows them again.": (
        "Ils étaient perdus ou abîmés, et sont entiers. Une réparation les montre de nouveau."
    ),
    "A repair writes anew what their history says.": "Une réparation réécrit ce que dit leur historique.",
    "No program can say what belongs there: restore these rows from a back-up.": (
        "Aucun programme ne peut dire ce qui manque : restaurez ces lignes d’une sauvegarde."
    ),
}

PLURALS: dict[str, tuple[str, str]] = {
    "{n} contents are missing": ("{n} contenu manque", "{n} contenus manquent"),
    "{n} objects nobody knows": ("{n} objet que personne ne connaît", "{n} objets que personne ne connaît"),
    "{n} contents stored twice": ("{n} contenu stocké deux fois", "{n} contenus stockés deux fois"),
    "{n} contents of another size": ("{n} contenu d’une autre taille", "{n} contenus d’une autre taille"),
    "{n} damaged contents": ("{n} contenu abîmé", "{n} contenus abîmés"),
    "{n} contents that could not be read": (
        "{n} contenu qui n’a pas pu être lu",
        "{n} contenus qui n’ont pas pu être lus",
    ),
    "{n} contents found again": ("{n} contenu retrouvé", "{n} contenus retrouvés"),
    "{n} uploads broken off": ("{n} envoi interrompu", "{n} envois interrompus"),
    "{n} contents that no media has": ("{n} contenu qu’aucun média n’a", "{n} contenus qu’aucun média n’a"),
    "{n} media never filled": ("{n} média jamais rempli", "{n} médias jamais remplis"),
    "{n} thumbnails without a picture": ("{n} vignette sans image", "{n} vignettes sans image"),
    "{n} files left behind": ("{n} fichier oublié", "{n} fichiers oubliés"),
    "{n} half-written objects": ("{n} objet à moitié écrit", "{n} objets à moitié écrits"),
    "{n} rows that lead nowhere": ("{n} ligne qui ne mène nulle part", "{n} lignes qui ne mènent nulle part"),
    "{n} histories with a gap": ("{n} historique avec un trou", "{n} historiques avec un trou"),
    "{n} media not as their history says": (
        "{n} média autrement que le dit son historique",
        "{n} médias autrement que le dit leur historique",
    ),
    "{n} contents claimed by the wrong media": (
        "{n} contenu revendiqué par le mauvais média",
        "{n} contenus revendiqués par le mauvais média",
    ),
    "{n} shapes outside of their picture": ("{n} forme hors de son image", "{n} formes hors de leur image"),
    "{n} annotations without their file": (
        "{n} annotation sans son fichier",
        "{n} annotations sans leur fichier",
    ),
    "{said} ({n} put right)": ("{said} ({n} réparé)", "{said} ({n} réparés)"),
    "{n} objects that are not ours": (
        "{n} objet qui n’est pas à nous",
        "{n} objets qui ne sont pas à nous",
    ),
    "{n} pictures and videos": ("{n} image ou vidéo", "{n} images et vidéos"),
    "{n} objects": ("{n} objet", "{n} objets"),
    "{n} histories": ("{n} historique", "{n} historiques"),
}

SENTENCES: dict[str, str] = {
    "The picture of media {} was lost from the bucket. Uploading the same picture again brings it back.": (
        "L’image du média {0} a disparu du bucket. Envoyer de nouveau la même image la fait revenir."
    ),
    "The picture of media {} is damaged in the bucket. Uploading the same picture again mends it.": (
        "L’image du média {0} est abîmée dans le bucket. Envoyer de nouveau la même image la répare."
    ),
    "Another check is under way. Wait until it has ended.": (
        "Une autre vérification est en cours. Attendez qu’elle se termine."
    ),
    "There is no storage check {}.": "Il n’y a pas de vérification du stockage {0}.",
    "The bucket holds none of the pictures that the database knows. Nothing was changed.": (
        "Le bucket ne contient aucune des images que connaît la base de données. Rien n’a été changé."
    ),
    "The database knows none of the pictures that the bucket holds. Nothing was changed.": (
        "La base de données ne connaît aucune des images que contient le bucket. Rien n’a été changé."
    ),
    "A repair would change {} rows and objects, and at most {} are changed at once. Nothing was changed; look first, "
    "then use `manage.py fsck --repair --many`.": (
        "Une réparation changerait {0:number} lignes et objets, et au plus {1:number} sont changés à la fois. Rien n’a "
        "été changé ; regardez d’abord, puis utilisez `manage.py fsck --repair --many`."
    ),
    "The bucket carries the name of another installation. If it is to be this one's from now on, say so: python "
    "manage.py adopt-bucket": (
        "Le bucket porte le nom d’une autre installation. S’il doit être désormais celui de celle-ci, dites-le : "
        "python manage.py adopt-bucket"
    ),
    "The bucket holds nothing of what this installation has stored last. If it is the right one all the same, say so: "
    "python manage.py adopt-bucket": (
        "Le bucket ne contient rien de ce que cette installation a mis de côté en dernier. Si c’est le bon malgré "
        "tout, dites-le : python manage.py adopt-bucket"
    ),
}
