"""Edited tables, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # dropping one
    "On the Export page take a CSV as a table to be edited, change label classes, tags, states, sources, places and"
    " times in a spreadsheet, save it as CSV, and drop it here. Nothing is changed before you have seen every"
    " change.": (
        "Sur la page Export, prenez un CSV comme tableau à modifier, changez classes, étiquettes, états, sources, lieux"
        " et heures dans un tableur, enregistrez en CSV et déposez-le ici. Rien n’est changé avant que vous ayez vu"
        " chaque changement."
    ),
    "Comparing…": "Comparaison…",
    "Applying… {done} of {total}": "Application… {done} sur {total}",
    "It could not be done.": "Cela n’a pas pu être fait.",
    "Another table": "Un autre tableau",
    # its preview
    "Changes": "Changements",
    "Nothing was changed in this table.": "Rien n’a été changé dans ce tableau.",
    "Cells that cannot be taken": "Cellules qui ne peuvent être reprises",
    "The media of these rows are left out; the others are changed.": (
        "Les médias de ces lignes sont laissés de côté ; les autres sont changés."
    ),
    "Changed by others meanwhile": "Changé par d’autres entre-temps",
    "What they have made of these stays, unless you take yours.": (
        "Ce qu’ils en ont fait reste, à moins que vous ne preniez le vôtre."
    ),
    "Take mine in all of them": "Prendre le mien partout",
    "Take mine in": "Prendre le mien dans",
    "None: theirs stay": "Aucune : le leur reste",
    "row {row}, {column}: {mine} instead of {theirs}": "ligne {row}, {column} : {mine} au lieu de {theirs}",
    "Sources that are not there yet and will be made: {names}.": (
        "Sources qui n’existent pas encore et seront créées : {names}."
    ),
    "New tags: {names}.": "Nouvelles étiquettes : {names}.",
    "Not looked at: {columns}.": "Non regardées : {columns}.",
    "The first {n} of {all}.": "Les {n} premiers sur {all}.",
    "Rows {first} to {last}; {all} in all.": "Lignes {first} à {last} ; {all} en tout.",
    "← First": "← Au début",
    "Yours is taken in {n} more, on other pages.": "La vôtre est prise dans {n} autres, sur d’autres pages.",
    "Drop it": "L’abandonner",
    "row": "ligne",
    "column": "colonne",
    "cell": "cellule",
    "what is wrong": "ce qui ne va pas",
    "now": "maintenant",
    "then": "ensuite",
    "it was": "c’était",
    "theirs": "le leur",
    "mine": "le mien",
    "empty": "vide",
    "why": "pourquoi",
    # what came of it
    "It was dropped. Nothing was changed.": "Il a été abandonné. Rien n’a été changé.",
    "Not done, or not all of it": "Non fait, ou pas en entier",
    "Undo all of it": "Tout annuler",
    "Undo what was left": "Annuler ce qui est resté",
    "Undoing…": "Annulation…",
}
PLURALS: dict[str, tuple[str, str]] = {
    "{n} rows": ("{n} ligne", "{n} lignes"),
    "{n} changes": ("{n} changement", "{n} changements"),
    "{n} conflicts": ("{n} conflit", "{n} conflits"),
    "{n} wrong cells": ("{n} cellule fautive", "{n} cellules fautives"),
    "{n} done by others already": ("{n} déjà fait par d’autres", "{n} déjà faits par d’autres"),
    "Apply {n} changes": ("Appliquer {n} changement", "Appliquer {n} changements"),
    "{n} media were changed.": ("{n} média a été changé.", "{n} médias ont été changés."),
    "{n} media are as they were.": ("{n} média est comme avant.", "{n} médias sont comme avant."),
}
SENTENCES: dict[str, str] = {
    # the file
    "This picture is {}, so it cannot be {} again.": (
        "L’état de cette image est « {0:word} » : elle ne peut pas revenir à « {1:word} »."
    ),
    "Export it as a table to be edited, and save it as CSV.": (
        "Exportez-le comme tableau à modifier, et enregistrez-le en CSV."
    ),
    "A table has at most {} MiB.": "Un tableau a {0} Mio au plus.",
    "A table has at most {} rows. Send it in parts, or without the rows that you left as they were.": (
        "Un tableau a {0:number} lignes au plus. Envoyez-le en plusieurs fois, ou sans les lignes que vous n’avez pas"
        " changées."
    ),
    "This is a workbook of a spreadsheet. Save it as CSV, and drop that.": (
        "Ceci est un classeur de tableur. Enregistrez-le en CSV, et déposez celui-là."
    ),
    "This file is no text. {}": "Ce fichier n’est pas un texte. {0:sentence}",
    "This file is empty. {}": "Ce fichier est vide. {0:sentence}",
    "This file cannot be read as a table: a quotation mark is not closed. {}": (
        "Ce fichier ne se lit pas comme un tableau : un guillemet n’est pas fermé. {0:sentence}"
    ),
    "Line {} has {} cells, and the header {}.": "La ligne {0} a {1} cellules, et l’en-tête {2}.",
    "The column {} is there twice. Take one of them away.": (
        "La colonne {0} est là deux fois. Enlevez-en une."
    ),
    "This table has no column {}, so nothing tells what was changed in it. {}": (
        "Ce tableau n’a pas de colonne {0} : rien ne dit ce qui y a été changé. {1:sentence}"
    ),
    "This table has no column shape_base, so nothing tells what was changed in it. {}": (
        "Ce tableau n’a pas de colonne shape_base : rien ne dit ce qui y a été changé. {0:sentence}"
    ),
    "It is not in UTF-8, so it was read as Windows-1252: look at accents in the changes.": (
        "Il n’est pas en UTF-8 et a été lu comme du Windows-1252 : regardez les accents dans les changements."
    ),
    "These are not columns of ours, and were not looked at.": (
        "Ces colonnes ne sont pas des nôtres et n’ont pas été regardées."
    ),
    "No table was sent.": "Aucun tableau n’a été envoyé.",
    "The table did not arrive as it was sent: its SHA-256 differs. Send it again.": (
        "Le tableau n’est pas arrivé tel qu’il a été envoyé : son SHA-256 diffère. Renvoyez-le."
    ),
    # its rows and cells
    "Cells that show less than was in them, as spreadsheets round and shorten, were taken for unchanged:"
    " {}, the first in row {}.": (
        "Des cellules montrent moins que ce qu’elles contenaient, comme les tableurs arrondissent et abrègent ; elles"
        " ont été prises pour inchangées : {0}, la première à la ligne {1}."
    ),
    "How this row was can no longer be read. Export the table again, and change that.": (
        "Ce qu’était cette ligne ne se lit plus. Exportez de nouveau le tableau, et modifiez celui-là."
    ),
    "This row was changed as another one: columns were sorted apart. Export the table again, and change that.": (
        "Cette ligne en est devenue une autre : des colonnes ont été triées à part. Exportez de nouveau le tableau, et"
        " modifiez celui-là."
    ),
    "There is no shape in this row. Shapes are drawn on the Review page.": (
        "Il n’y a pas de forme dans cette ligne. Les formes se dessinent sur la page Revue."
    ),
    "A shape needs a label class. Shapes are taken away on the Review page.": (
        "Une forme a besoin d’une classe. Les formes s’enlèvent sur la page Revue."
    ),
    "There is no label class “{}”. Perhaps {}?": "Il n’y a pas de classe « {0} ». Peut-être {1} ?",
    "A formula has failed here. Put the value back.": "Une formule a échoué ici. Remettez la valeur.",
    "It is not a state. Known are: {}.": "Ce n’est pas un état. Les états sont : {0}.",
    "Media are withdrawn on their own page, by an admin.": (
        "Les médias se retirent sur leur propre page, par un admin."
    ),
    "It is not a time. Write it like 2026-08-12T17:42:08Z.": (
        "Ce n’est pas une heure. Écrivez-la comme 2026-08-12T17:42:08Z."
    ),
    "Nothing in this table tells which of the two numbers is the day. Write it like 2026-08-12T17:42:08Z.": (
        "Rien dans ce tableau ne dit lequel des deux nombres est le jour. Écrivez comme 2026-08-12T17:42:08Z."
    ),
    "Its rows were written at different times. Keep those of one table.": (
        "Ses lignes ont été écrites à des moments différents. Gardez celles d’un seul tableau."
    ),
    "Row {} is about the same media, and says something else.": (
        "La ligne {0} parle du même média et dit autre chose."
    ),
    # beside the media as they are now
    "There is no such media, or not for you.": "Ce média n’existe pas, ou pas pour vous.",
    "This shape is in the answer that counts no more, so its label class cannot be changed.": (
        "Cette forme n’est plus dans la réponse qui compte : sa classe ne peut être changée."
    ),
    "This picture is yours to answer on the Review page. Do that first.": (
        "Cette image est à vous sur la page Revue. Répondez-y d’abord."
    ),
    "Its answer is a file that nobody here can read, so its label classes cannot be changed.": (
        "Sa réponse est un fichier que personne ici ne sait lire : ses classes ne peuvent être changées."
    ),
    "Two answers disagree about this picture. Settle that on the Review page first.": (
        "Deux réponses se contredisent pour cette image. Tranchez d’abord sur la page Revue."
    ),
    "{} A new one belongs in the column decision_comment.": (
        "{0:sentence} Ce qui est nouveau s’écrit dans la colonne decision_comment."
    ),
    "Reasons of media about which nothing is decided are not taken over: {}, the first in row {}.": (
        "Les raisons données pour des médias dont rien n’est décidé ne sont pas reprises : {0}, la première à la"
        " ligne {1}."
    ),
    "Media that are accepted now get a new answer, and have to be accepted by others once more:"
    " {}, the first in row {}.": (
        "Des médias acceptés reçoivent une nouvelle réponse, que d’autres devront accepter à leur tour :"
        " {0}, le premier à la ligne {1}."
    ),
    "Media that are to be accepted have to be accepted by others as well: {}, the first in row {}.": (
        "Des médias à accepter doivent aussi l’être par d’autres : {0}, le premier à la ligne {1}."
    ),
    # doing it
    "It is {} now and not {}: another review is needed.": (
        "L’état est maintenant « {0:word} » et non « {1:word} » : une autre revue est nécessaire."
    ),
    "Partly undone.": "Annulé en partie.",
    "Changed in a table.": "Changé dans un tableau.",
    "Somebody else has changed {} meanwhile; that stayed.": (
        "Quelqu’un d’autre a changé {0} entre-temps ; cela est resté."
    ),
    "conflicts is “theirs” or “mine”.": "conflicts est « theirs » ou « mine ».",
    "mine is a list of cells, each as row and column: 12:state.": (
        "mine est une liste de cellules, chacune par ligne et colonne : 12:state."
    ),
}
