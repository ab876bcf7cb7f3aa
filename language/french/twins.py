"""Near twins and frozen cameras, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    "hash pictures": "prendre l’empreinte des images",
    "twins decided": "quasi-doublons tranchés",
    "twin decision undone": "décision sur des quasi-doublons annulée",
    "Near twins": "Quasi-doublons",
    "{media} look alike": "{media} se ressemblent",
    "Keep": "Garder",
    "Keep all": "Tout garder",
    "Group them": "Grouper",
    "All of them are wanted.": "Tous sont voulus.",
    "A review that rejects each of the others.": "Une revue qui rejette chacun des autres.",
    "All of them are kept, and a split never parts them.": (
        "Tous sont gardés, et une répartition ne les sépare jamais."
    ),
    "First groups": "Premiers groupes",
    "More groups": "Autres groupes",
    "Looks like": "Ressemble à",
    "It is as it was.": "Tout est comme avant.",
    "frozen": "figée",
    "no change since {when}": "aucun changement depuis le {when}",
    "its last {n} frames show the same": "ses {n} dernières images montrent la même chose",
}

PLURALS: dict[str, tuple[str, str]] = {
    "{n} more follow when these are decided about.": (
        "{n} de plus suivra quand ceux-ci seront tranchés.",
        "{n} de plus suivront quand ceux-ci seront tranchés.",
    ),
    "Reject {n} others": ("Rejeter {n} autre", "Rejeter {n} autres"),
    "{n} bits differ": ("{n} bit diffère", "{n} bits diffèrent"),
    "{n} media kept.": ("{n} média gardé.", "{n} médias gardés."),
    "{n} media rejected.": ("{n} média rejeté.", "{n} médias rejetés."),
    "{n} media grouped.": ("{n} média groupé.", "{n} médias groupés."),
    "{n} were left as they are.": ("{n} est resté tel quel.", "{n} sont restés tels quels."),
    "{n} cameras stand still:": ("{n} caméra est figée :", "{n} caméras sont figées :"),
}

SENTENCES: dict[str, str] = {
    "Choose the media that look alike.": "Choisissez les médias qui se ressemblent.",
    "There is no decision {} about near twins.": "Il n’y a pas de décision {0} sur des quasi-doublons.",
    "It has no twin here that nobody has decided about.": "Il n’a ici aucun doublon encore à trancher.",
    "It has been acted on: say how many acts it had when you saw it.": (
        "On a agi dessus : dites combien d’actes il avait quand vous l’avez vu."
    ),
    "Its sequence was changed since.": "Sa séquence a été changée depuis.",
}
