"""Imports, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # What the jobs and the audit trail call it
    "import": "import",
    "light import": "import léger",
    "import begun": "import commencé",
    "import committed": "import validé",
    "import finished": "import terminé",
    "import undone": "import annulé après coup",
    "import cancelled": "import abandonné",
}
PLURALS: dict[str, tuple[str, str]] = {}
SENTENCES: dict[str, str] = {
    # Beginning one
    "There is no import {}.": "Il n’y a pas d’import {0}.",
    "An import has a name: of the file, the folder or the prefix.": (
        "Un import a un nom : celui du fichier, du dossier ou du préfixe."
    ),
    "The format of an import is one of {}.": "Le format d’un import est l’un de {0}.",
    "This client id was used for another import. Make a new one.": (
        "Cet identifiant client a servi à un autre import. Faites-en un nouveau."
    ),
    "The same import was begun at this moment. Ask for it again.": (
        "Le même import vient d’être commencé. Demandez-le de nouveau."
    ),
    "A prefix is the beginning of keys in the bucket, as in cameras/2025.": (
        "Un préfixe est le début de clés du bucket, comme cameras/2025."
    ),
    "What lies under {} is this installation's own, and known already.": (
        "Ce qui se trouve sous {0} appartient à cette installation, qui le connaît déjà."
    ),
    # Its files
    "This import takes no more files. Begin another one.": (
        "Cet import ne prend plus de fichiers. Commencez-en un autre."
    ),
    "The name of a file is its path below the folder that is imported.": (
        "Le nom d’un fichier est son chemin dans le dossier importé."
    ),
    "{} is too long, or holds what no name may hold. Rename it.": (
        "{0} est trop long, ou contient ce qu’aucun nom ne peut contenir. Renommez-le."
    ),
    "No file was sent. Send some first.": "Aucun fichier n’a été envoyé. Envoyez-en d’abord.",
    "An archive is one ZIP. Send its files one by one, or one import for each ZIP.": (
        "Une archive est un seul ZIP. Envoyez ses fichiers un à un, ou faites un import par ZIP."
    ),
    "The archive unpacks to more than {} GiB. Nothing was stored.": (
        "Une fois décompressée, l’archive dépasse {0} Gio. Rien n’a été mis de côté."
    ),
    "{} is in the bucket no more.": "{0} n’est plus dans le bucket.",
    "{} was written anew since the preview. Import it again.": (
        "{0} a été réécrit depuis l’aperçu. Importez-le de nouveau."
    ),
    # Reading it
    "This import is past its reading. Begin another one.": (
        "Cet import n’en est plus à la lecture. Commencez-en un autre."
    ),
    "Nothing that was sent is a picture, a video or an annotation file that can be read.": (
        "Rien de ce qui a été envoyé n’est une image, une vidéo ou un fichier d’annotations lisible."
    ),
    "Reading it ended the process that read it, again and again, so it was given up: it may be too large.": (
        "Sa lecture a interrompu plusieurs fois le processus qui la faisait ; l’import a été abandonné : il est "
        "peut-être trop grand."
    ),
    "What was sent could not be read to its end. Nothing was changed.": (
        "Ce qui a été envoyé n’a pas pu être lu jusqu’au bout. Rien n’a été changé."
    ),
    "No picture of this name was sent, and no media here is the same.": (
        "Aucune image de ce nom n’a été envoyée, et aucun média d’ici n’est le même."
    ),
    "It was written anew since it was registered where it lies: what is there now is read again.": (
        "Elle a été réécrite depuis son enregistrement sur place : ce qui s’y trouve maintenant est relu."
    ),
    "It was withdrawn here: it is left out unless what was withdrawn is to be brought back.": (
        "Elle a été retirée ici : elle est laissée de côté, sauf si ce qui a été retiré doit revenir."
    ),
    "Several of the pictures that were sent are called so: nobody can tell which one is meant.": (
        "Plusieurs des images envoyées portent ce nom : personne ne peut dire laquelle est visée."
    ),
    "The video that it was taken from is not here: it comes in as a picture of its own.": (
        "La vidéo dont elle a été tirée n’est pas ici : elle entre comme une image à part."
    ),
    "The manifest does not name this picture: it comes in as one that nobody has answered.": (
        "Le manifeste ne nomme pas cette image : elle entre comme une image à laquelle personne n’a répondu."
    ),
    "It lies where an archive of ours has the crops of its pictures, so it was left out.": (
        "Elle se trouve là où une archive de Vigie met les recadrages de ses images : elle a été laissée de côté."
    ),
    "The server has no room to open this archive at the moment. Try again later.": (
        "Le serveur n’a pas la place d’ouvrir cette archive pour le moment. Réessayez plus tard."
    ),
    "Its name is too long, or holds what no name may hold, so it was left out. Rename it.": (
        "Son nom est trop long, ou contient ce qu’aucun nom ne peut contenir : il a été laissé de côté. Renommez-le."
    ),
    "Several files of the archive have this name: the last of them counts, and this one was left out.": (
        "Plusieurs fichiers de l’archive portent ce nom : le dernier compte, et celui-ci a été laissé de côté."
    ),
    "This file of the archive is encrypted and was left out. Pack it without a password.": (
        "Ce fichier de l’archive est chiffré : il a été laissé de côté. Mettez-le dans l’archive sans mot de passe."
    ),
    "Every file of this archive is encrypted. Pack it without a password.": (
        "Tous les fichiers de cette archive sont chiffrés. Refaites-la sans mot de passe."
    ),
    "This file is damaged inside the archive and was left out.": (
        "Ce fichier est endommagé dans l’archive : il a été laissé de côté."
    ),
    "Its shapes were measured on the picture as it is stored, lying on its side: they were turned upright with it.": (
        "Ses formes ont été mesurées sur l’image telle qu’elle est enregistrée, couchée : elles ont été redressées "
        "avec elle."
    ),
    "The file says that the picture has another size than it has here.": (
        "Le fichier donne à l’image une autre taille que celle qu’elle a ici."
    ),
    "There is more to remark than is shown here.": "Il y a plus de remarques que celles montrées ici.",
    # Committing it
    "This import has no preview to commit. Have it read first.": (
        "Cet import n’a pas d’aperçu à valider. Faites-le d’abord lire."
    ),
    "“{}” is not a choice. Known are: {}.": "« {0} » n’est pas un choix. Sont connus : {1}.",
    "Another answer is kept or replaced: answered is “keep” or “replace”.": (
        "Une autre réponse est gardée ou remplacée : answered vaut « keep » ou « replace »."
    ),
    "“{}” is no label class of this dataset.": "« {0} » n’est pas une classe de ce jeu de données.",
    "Say what becomes of “{}”: one of our label classes, a new one, or nothing.": (
        "Dites ce que devient « {0} » : une de nos classes, une nouvelle, ou rien."
    ),
    "{} is text.": "{0} est un texte.",
    "{} is a list of texts.": "{0} est une liste de textes.",
    "The same content is being stored or deleted at this moment. Import it again.": (
        "Le même contenu est en train d’être mis de côté ou supprimé. Importez-le de nouveau."
    ),
    "It could not be done: look into the server's log.": (
        "Cela n’a pas pu être fait : regardez le journal du serveur."
    ),
    "It was not committed within a week, so what had been sent was deleted.": (
        "Il n’a pas été validé en une semaine : ce qui avait été envoyé a été supprimé."
    ),
    "Whoever began this import may not enter any more.": (
        "La personne qui a commencé cet import ne peut plus entrer."
    ),
    # What became of an entry
    "Pictures that are new were left out.": "Les nouvelles images ont été laissées de côté.",
    "It was withdrawn here, so it was left out.": "Elle a été retirée ici, et donc laissée de côté.",
    "The media was withdrawn meanwhile.": "Le média a été retiré entre-temps.",
    "Its picture came in all the same.": "Son image est entrée quand même.",
    "It has another answer already, which was kept.": "Il a déjà une autre réponse, qui a été gardée.",
    "All its label classes are left out, so there is no answer to take over.": (
        "Toutes ses classes sont laissées de côté : il n’y a pas de réponse à reprendre."
    ),
    "Shapes and label classes that are left out are not in its answer.": (
        "Les formes et les classes laissées de côté ne sont pas dans sa réponse."
    ),
    "Replies to questions that are not asked here were left out.": (
        "Les réponses à des questions qui ne sont pas posées ici ont été laissées de côté."
    ),
    "Its state could not be taken over.": "Son état n’a pas pu être repris.",
    "It was disputed, which takes two answers: it waits for its review here.": (
        "Il était contesté, ce qui demande deux réponses : il attend ici sa relecture."
    ),
    # Taking it back
    "The import was undone before its turn came.": "L’import a été annulé avant que son tour vienne.",
    "This import is being undone. Undo it again.": "Cet import est en cours d’annulation. Annulez-le de nouveau.",
    "Another import or upload has found it here since; it was left.": (
        "Un autre import ou envoi l’a depuis trouvé ici ; il a été laissé."
    ),
    "This import has not been committed, so there is nothing to undo.": (
        "Cet import n’a pas été validé : il n’y a rien à annuler."
    ),
    "This import is over. Undo it instead.": "Cet import est terminé. Annulez-le plutôt après coup.",
    "Its import was undone.": "Son import a été annulé.",
    "Somebody has changed what is known of it since; that was left.": (
        "Quelqu’un a depuis changé ce que l’on en sait ; cela a été laissé."
    ),
}
