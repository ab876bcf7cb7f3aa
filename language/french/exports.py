"""Exports made by a job, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # What the audit trail and the jobs call them
    "export asked": "export demandé",
    "export cancelled": "export annulé",
    "export downloaded": "export téléchargé",
    "export failed": "export échoué",
    "export finished": "export terminé",
    "make export": "faire un export",
    "make picture export": "faire un export avec images",
    # What is not in the file, and why
    "It is a video, and this format holds pictures only.": (
        "C’est une vidéo, et ce format ne contient que des images."
    ),
    "Its content is not there: it never came, or was deleted for good.": (
        "Son contenu n’est pas là : il n’est jamais venu, ou a été supprimé pour de bon."
    ),
    "Nobody has answered it, and this format cannot tell that from “nothing here”.": (
        "Personne n’y a répondu, et ce format ne peut pas le distinguer de « rien ici »."
    ),
    "Its answer is a file that nobody here can read.": "Sa réponse est un fichier que personne ici ne sait lire.",
    "It is in the dataset no more, and this format has no place to say so.": (
        "Il n’est plus dans le jeu de données, et ce format n’a pas de place pour le dire."
    ),
    "It was withdrawn since: its picture is not handed out any more.": (
        "Il a été retiré depuis : son image n’est plus remise."
    ),
    "Whoever asked for this has it to answer, and sees no answer before that.": (
        "Qui a demandé cet export doit y répondre, et ne voit aucune réponse avant."
    ),
    "Its picture is not in the bucket.": "Son image n’est pas dans le bucket.",
    "Its picture in the bucket is not the one that was stored.": (
        "Son image dans le bucket n’est pas celle qui y avait été mise."
    ),
    "A polygon became its box.": "Un polygone est devenu sa boîte.",
    "A box became a polygon with its four corners.": "Une boîte est devenue un polygone à ses quatre coins.",
    "Label classes of the whole picture are not carried.": "Les classes de l’image entière ne sont pas portées.",
    "Replies to questions are not carried.": "Les réponses aux questions ne sont pas portées.",
    "Comments are not carried.": "Les commentaires ne sont pas portés.",
    "Who or what drew a shape, and how sure a model was, is not carried.": (
        "Qui ou quoi a dessiné une forme, et à quel point un modèle était sûr, n’est pas porté."
    ),
    "Its boxes and polygons are not carried: the table has no columns for them.": (
        "Ses boîtes et ses polygones ne sont pas portés : le tableau n’a pas de colonnes pour eux."
    ),
    "That the time zone of its capture was assumed is not carried.": (
        "Que le fuseau horaire de sa prise de vue a été supposé n’est pas porté."
    ),
    "Something of it stands in columns that were not chosen.": (
        "Une partie de lui est dans des colonnes qui n’ont pas été choisies."
    ),
    "Its picture is damaged and cannot be drawn.": "Son image est abîmée et ne peut pas être dessinée.",
    # What to know before it is used
    "What is said to be gone may never have been in your dataset: of that time states alone are known, and nothing "
    "else that this filter asks for. Look before you drop it.": (
        "Ce qui est dit parti n’a peut-être jamais été dans votre jeu de données : de ce moment, seuls les états sont"
        " connus, et rien d’autre de ce que ce filtre demande. Regardez avant de l’ôter."
    ),
    "Nothing is in train: ask for other shares, another seed, or more media.": (
        "Rien n’est dans l’entraînement : demandez d’autres parts, une autre graine ou plus de médias."
    ),
    "Nothing is in validation: ask for other shares, another seed, or more media.": (
        "Rien n’est dans la validation : demandez d’autres parts, une autre graine ou plus de médias."
    ),
}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    # What to know before it is used
    "In the release {} media are on another side of the split: before you add this to it, take away what it says "
    "of them.": (
        "Dans la version, {0:number} médias sont d’un autre côté de la répartition : avant d’y ajouter ceci, "
        "enlevez-en ce qu’elle dit d’eux."
    ),
    # Asked for, and refused
    "{} exports of yours are under way. Cancel one, or wait for one.": (
        "{0:number} de vos exports sont en cours. Annulez-en un, ou attendez-en un."
    ),
    "An export is of a filter or of a release, not of both.": (
        "Un export porte sur un filtre ou sur une version, pas sur les deux."
    ),
    "A release has the split that it was made with.": "Une version a la répartition avec laquelle elle a été faite.",
    "Changes are since a release or since a moment, not since both.": (
        "Les changements sont ceux depuis une version ou depuis un moment, pas depuis les deux."
    ),
    "since_at lies in the future: the clock here is not there yet.": (
        "since_at est dans le futur : l’horloge d’ici n’y est pas encore."
    ),
    "This client id was used for another export already.": (
        "Cet identifiant de client a déjà servi à un autre export."
    ),
    "The option {} is true or false.": "L’option {0} vaut true ou false.",
    "The option {} is one of: {}.": "L’option {0} est l’une de : {1}.",
    "The option columns is a list of names.": "L’option columns est une liste de noms.",
    "“{}” is not an option of exports. Known are: {}.": "« {0} » n’est pas une option des exports. Il y a : {1}.",
    "Lines per shape, raw text and columns are options of CSV alone.": (
        "Les lignes par forme, le texte brut et les colonnes sont des options du seul CSV."
    ),
    "Boxes or polygons are chosen for YOLO alone: other formats carry both, or boxes.": (
        "Boîtes ou polygones ne se choisissent que pour YOLO : les autres formats portent les deux, ou des boîtes."
    ),
    # Looked at, read, cancelled
    "Which media had near twins at the time of this release is not known. Leave that out of the filter, or ask for "
    "what changed since a release that was made with it.": (
        "On ne sait pas quels médias avaient des quasi-doublons au moment de cette version. Ôtez-le du filtre, ou"
        " demandez ce qui a changé depuis une version faite avec lui."
    ),
    "There is no export {}.": "L’export {0} n’existe pas.",
    "This export is over: there is nothing to cancel.": "Cet export est fini : il n’y a rien à annuler.",
    "This export waits for others, or is made on another host. Try again in a moment.": (
        "Cet export en attend d’autres, ou se fait sur un autre serveur. Réessayez dans un instant."
    ),
    "Several exports are being read while they are made. Try again in a minute, or when this one is ready.": (
        "Plusieurs exports sont lus pendant qu’ils se font. Réessayez dans une minute, ou quand celui-ci sera prêt."
    ),
    "The export ended before it was whole. Look at it, and begin again.": (
        "L’export a pris fin avant d’être entier. Regardez où il en est, et recommencez."
    ),
    "The file of this export was deleted: its days were over. Ask for it again.": (
        "Le fichier de cet export a été supprimé : ses jours étaient passés. Demandez-le de nouveau."
    ),
    "The file of this export was deleted: it has pictures that were deleted for good since. Ask for it again.": (
        "Le fichier de cet export a été supprimé : il a des images supprimées pour de bon depuis."
        " Demandez-le de nouveau."
    ),
    "{} media whose pictures are in this export were withdrawn since. Ask for it again.": (
        "{0:number} médias dont les images sont dans cet export ont été retirés depuis."
        " Demandez-le de nouveau."
    ),
    "{} media in this export are yours to answer on the Review page. Do that first.": (
        "{0:number} médias de cet export attendent votre réponse sur la page Revue. Répondez d’abord."
    ),
    "You have pictures to answer on the Review page. This export can be read when it is ready.": (
        "Des images attendent votre réponse sur la page Revue. Cet export pourra être lu quand il sera prêt."
    ),
    "Media were withdrawn or deleted while this export is being made. It can be read when it is ready.": (
        "Des médias ont été retirés ou supprimés pendant que cet export se fait. Il pourra être lu quand il sera prêt."
    ),
    "This export was not made: it has no file.": "Cet export n’a pas été fait : il n’a pas de fichier.",
    "This export has no receipt: it was not finished.": "Cet export n’a pas de reçu : il n’a pas été terminé.",
    "Media {} has no picture.": "Le média {0} n’a pas d’image.",
    # Why one was not made
    "This export is larger than what a bucket takes as one file. Ask for it in several.": (
        "Cet export est plus gros que ce qu’un bucket accepte en un seul fichier. Demandez-le en plusieurs."
    ),
    "There is no room for this export. Ask for less of it, or try again later.": (
        "Il n’y a pas la place pour cet export. Demandez-en moins, ou réessayez plus tard."
    ),
    "The database or the bucket was away for too long. Try again when they are back.": (
        "La base de données ou le bucket a manqué trop longtemps. Réessayez quand ils seront de retour."
    ),
    "It could not be made because of an error of ours. It was written down for whoever keeps this installation.": (
        "Il n’a pas pu être fait à cause d’une erreur de notre part. Elle est notée pour qui tient cette installation."
    ),
}
