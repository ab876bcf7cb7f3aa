"""Releases, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # What the audit trail and the jobs call it
    "release asked": "version demandée",
    "release frozen": "version figée",
    "release failed": "version échouée",
    "release deleted": "version supprimée",
    "freeze release": "figer une version",
    "differences exported": "différences exportées",
}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "There is no release {}.": "Il n’y a pas de version {0}.",
    "The release “{}” is not frozen yet.": "La version « {0} » n’est pas encore figée.",
    "It could not be frozen because of an error of ours. It was written down for whoever keeps this installation.": (
        "Elle n’a pas pu être figée à cause d’une erreur de notre part. Celle-ci a été notée pour qui tient cette "
        "installation."
    ),
    "Changes are since a release or since a moment.": "Des changements sont depuis une version ou depuis un moment.",
    "The shares of a split are numbers from 0 to 1.": "Les parts d’un partage sont des nombres de 0 à 1.",
    "The shares of a split add up to 1, not to {}.": "La somme des parts d’un partage est 1, non {0}.",
    "The seed of a split is a whole number from 0 to {}.": (
        "La graine d’un partage est un nombre entier de 0 à {0:number}."
    ),
    "A split is train, val and test, and a seed.": "Un partage, c’est train, val et test, et une graine (seed).",
    "A release has no media that are withdrawn or await their content.": (
        "Une version ne contient pas de médias retirés ou en attente de leur contenu."
    ),
    "The name “{}” is taken.": "Le nom « {0} » est pris.",
    "Exports were made of this release: {}. It says what they were, and stays.": (
        "Des exports ont été faits de cette version : {0:number}. Elle dit ce qu’ils étaient, et reste."
    ),
    "The name of a release has 1 to {} printable characters.": (
        "Le nom d’une version a de 1 à {0:number} caractères imprimables."
    ),
    "A note has at most {} characters.": "Une note a au plus {0:number} caractères.",
    "Several comparisons are being written at this moment. Try again in a minute.": (
        "Plusieurs comparaisons sont en cours d’écriture. Réessayez dans une minute."
    ),
}
