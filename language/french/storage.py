"""What is stored, checked, cleaned up and put away, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # taking a media away
    "Withdraw…": "Retirer…",
    "Withdraw it": "Le retirer",
    "Restore it": "Le rétablir",
    "It leaves every list, queue and export at once, and its links stop. For {n} days it can be restored, then its"
    " content is deleted.": (
        "Il quitte aussitôt les listes, les files et les exports, et ses liens ne marchent plus. Pendant {n} jours il"
        " peut être rétabli, puis son contenu est supprimé."
    ),
    "It is withdrawn.": "Il est retiré.",
    "It is withdrawn. Its content is deleted on {day}; until then it can be restored.": (
        "Il est retiré. Son contenu sera supprimé le {day} ; d’ici là il peut être rétabli."
    ),
    "Its content was deleted on {day}. What was said about it stays.": (
        "Son contenu a été supprimé le {day}. Ce qui en a été dit reste."
    ),
    "Delete its content now…": "Supprimer son contenu maintenant…",
    "The picture or video is deleted without waiting any longer, and cannot be restored. What was said about it stays."
    " Its bytes leave the bucket a day later.": (
        "L’image ou la vidéo est supprimée sans plus attendre, et ne peut pas être rétablie. Ce qui en a été dit reste."
        " Ses octets quittent le stockage un jour plus tard."
    ),
    "Delete the content": "Supprimer le contenu",
    "Withdrawn.": "Retiré.",
    "Restored.": "Rétabli.",
    "The content is deleted.": "Le contenu est supprimé.",
    "Content deleted": "Contenu supprimé",
    "content deleted": "contenu supprimé",
    # what is going to be deleted
    "To be deleted": "À supprimer",
    "The next {n} of {all}.": "Les {n} prochains sur {all}.",
    "They cannot be restored then, and no admin can take it back. The trash still keeps their bytes for a day, out of"
    " everybody's reach.": (
        "Ils ne pourront plus être rétablis, et aucun administrateur ne peut revenir en arrière. La corbeille garde"
        " encore leurs octets un jour, hors de portée de tous."
    ),
    "Delete now": "Supprimer maintenant",
    "withdrawn, can be restored": "retirés, peuvent être rétablis",
    "in the trash": "dans la corbeille",
    "how many": "combien",
    "size": "taille",
    "media purged": "contenu du média supprimé",
    "next": "prochaine échéance",
    "by": "par",
    "deleted on": "supprimé le",
    "{size} MB": "{size} Mo",
}

PLURALS: dict[str, tuple[str, str]] = {
    "Withdrawn media can be restored for {n} days. Then their content goes to the trash, and a day later it is"
    " deleted for good. What was said about them stays.": (
        "Un média retiré peut être rétabli pendant {n} jour. Ensuite son contenu va à la corbeille, et un jour plus"
        " tard il est supprimé pour de bon. Ce qui en a été dit reste.",
        "Un média retiré peut être rétabli pendant {n} jours. Ensuite son contenu va à la corbeille, et un jour plus"
        " tard il est supprimé pour de bon. Ce qui en a été dit reste.",
    ),
    "Delete the content of these {n} now…": (
        "Supprimer le contenu de celui-ci maintenant…",
        "Supprimer le contenu de ces {n} maintenant…",
    ),
}

SENTENCES: dict[str, str] = {
    "Only the content of a withdrawn media is deleted. Withdraw it first.": (
        "Seul le contenu d’un média retiré se supprime. Retirez-le d’abord."
    ),
    "This media has no content that could be deleted.": "Ce média n’a pas de contenu à supprimer.",
    "This media was restored or its content deleted at this moment. Look again.": (
        "Ce média vient d’être rétabli, ou son contenu supprimé. Regardez à nouveau."
    ),
    "The content of media {} was deleted on {}, so it cannot be restored. Upload the picture again.": (
        "Le contenu du média {0} a été supprimé le {1} : il ne peut pas être rétabli. Envoyez l’image à nouveau."
    ),
    "The content of media {} was deleted on {}.": "Le contenu du média {0} a été supprimé le {1}.",
    "The content of this media was deleted. Create another one.": (
        "Le contenu de ce média a été supprimé. Créez-en un autre."
    ),
}
