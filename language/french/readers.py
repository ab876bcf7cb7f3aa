"""What is said of datasets while they are read, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    # Which format it may be
    "Nobody here reads the format “{}”. Known are: {}.": (
        "Personne ici ne lit le format « {0} ». Sont connus : {1}."
    ),
    "None of the files is in this format.": "Aucun des fichiers n’est dans ce format.",
    "It was not read: the manifest of this archive says the same. If it was changed since, have it read as its own "
    "format.": (
        "Il n’a pas été lu : le manifeste de cette archive dit la même chose. S’il a été modifié depuis, faites-le "
        "lire dans son propre format."
    ),
    "It was changed or added since this archive was exported, and was not read: its manifest was. Have it read as its "
    "own format to take that over.": (
        "Il a été modifié ou ajouté depuis l’export de cette archive et n’a pas été lu : c’est le manifeste qui l’a "
        "été. Faites-le lire dans son propre format pour le reprendre."
    ),
    "It was not read: it seems to be in another format, and one is read at a time. Choose that one instead.": (
        "Il n’a pas été lu : il semble être dans un autre format, et un seul est lu à la fois. Choisissez plutôt "
        "celui-là."
    ),
    "It was not read: it may hold annotations, but in none of the formats that are known here.": (
        "Il n’a pas été lu : il contient peut-être des annotations, mais dans aucun des formats connus ici."
    ),
    "A manifest of ours: nothing is lost.": "Un manifeste de Vigie : rien n’est perdu.",
    "A media a line, as our own export writes it.": "Un média par ligne, comme l’écrit notre propre export.",
    "A JSON file with images and annotations, as COCO has them.": (
        "Un fichier JSON d’images et d’annotations, comme en COCO."
    ),
    "A JSON file with tasks, as Label Studio exports them.": (
        "Un fichier JSON de tâches, comme les exporte Label Studio."
    ),
    "An XML file with images or tracks, as CVAT exports them.": (
        "Un fichier XML d’images ou de pistes, comme les exporte CVAT."
    ),
    "XML files of one picture each, as Pascal VOC has them.": (
        "Des fichiers XML d’une image chacun, comme en Pascal VOC."
    ),
    "Text files of numbers beside a list of classes, as YOLO has them.": (
        "Des fichiers texte de nombres à côté d’une liste de classes, comme en YOLO."
    ),
    "Text files of numbers, as YOLO has them; no list says what the classes are called.": (
        "Des fichiers texte de nombres, comme en YOLO ; aucune liste ne dit le nom des classes."
    ),
    "A table of ours, with the numbers of media.": "Un tableau de Vigie, avec les numéros des médias.",
    "A table with a column that names files.": "Un tableau dont une colonne nomme des fichiers.",
    # Files and entries
    "This is no JSON file, or it is damaged.": "Ce n’est pas un fichier JSON, ou il est abîmé.",
    "An entry of this JSON file is too large.": "Une entrée de ce fichier JSON est trop grande.",
    "This is no XML file, or it is damaged from some place on.": (
        "Ce n’est pas un fichier XML, ou il est abîmé à partir d’un certain endroit."
    ),
    "An entry of this XML file is too large.": "Une entrée de ce fichier XML est trop grande.",
    "This is no XML file of one picture, or it is damaged: it was left out.": (
        "Ce n’est pas le fichier XML d’une image, ou il est abîmé : il a été laissé de côté."
    ),
    "This list of classes cannot be read.": "Cette liste de classes est illisible.",
    "This file is too large for the shapes of one picture: it was left out.": (
        "Ce fichier est trop grand pour les formes d’une seule image : il a été laissé de côté."
    ),
    "This file is no text: it was left out.": "Ce fichier n’est pas du texte : il a été laissé de côté.",
    "This table breaks off: a line of it cannot be read.": (
        "Ce tableau s’interrompt : une de ses lignes est illisible."
    ),
    "No column of this table names a picture, as file_name, image or path would: nothing of it was read.": (
        "Aucune colonne de ce tableau ne nomme d’image, comme le feraient file_name, image ou path : rien n’en a été"
        " lu."
    ),
    "Where shapes are is written in columns that are not understood here ({}): nothing of this table was read.": (
        "La place des formes est écrite dans des colonnes qui ne sont pas comprises ici ({0}) : rien de ce tableau n’a "
        "été lu."
    ),
    "A column of four numbers was read as left, top, width and height of a box, as COCO has them.": (
        "Une colonne de quatre nombres a été lue comme gauche, haut, largeur et hauteur d’un rectangle, comme en COCO."
    ),
    "A column of four numbers was read as left, top, right and low edge of a box.": (
        "Une colonne de quatre nombres a été lue comme bords gauche, haut, droit et bas d’un rectangle."
    ),
    "A column of outlines was passed over: the boxes beside it were read.": (
        "Une colonne de contours n’a pas été lue : les rectangles à côté l’ont été."
    ),
    "A line is no JSON, or too long: it was left out.": (
        "Une ligne n’est pas du JSON, ou est trop longue : elle a été laissée de côté."
    ),
    "A line names no media: it was left out.": "Une ligne ne nomme aucun média : elle a été laissée de côté.",
    "A line names no picture and was left out.": (
        "Une ligne ne nomme aucune image et a été laissée de côté."
    ),
    "A task names no picture and was left out.": (
        "Une tâche ne nomme aucune image et a été laissée de côté."
    ),
    "An image of the file has no file name and was left out.": (
        "Une image du fichier n’a pas de nom de fichier et a été laissée de côté."
    ),
    "An image of the file has no name and was left out.": (
        "Une image du fichier n’a pas de nom et a été laissée de côté."
    ),
    "A picture is named twice: only what came first was read.": (
        "Une image est nommée deux fois : seul ce qui vient d’abord a été lu."
    ),
    "An image of the file has the id of another one and was left out.": (
        "Une image du fichier a l’identifiant d’une autre et a été laissée de côté."
    ),
    "{} annotations are about pictures that the file does not name: they were left out.": (
        "{0:number} annotations portent sur des images que le fichier ne nomme pas : elles ont été laissées de côté."
    ),
    "{} media were taken out of the dataset: they were passed over.": (
        "{0:number} médias ont été retirés du jeu de données : ils n’ont pas été lus."
    ),
    "A state that is not known here was left out.": "Un état inconnu ici a été laissé de côté.",
    "A line of this table is too long: it was read to there.": (
        "Une ligne de ce tableau est trop longue : il a été lu jusque-là."
    ),
    "What the file says of one picture is too much to be read: the picture was left out.": (
        "Ce que le fichier dit d’une image est trop long pour être lu : l’image a été laissée de côté."
    ),
    # Answers
    "No annotation names this picture: it is read as “nothing here”.": (
        "Aucune annotation ne nomme cette image : elle est lue comme « rien ici »."
    ),
    "None of its shapes could be read, so it gets no answer.": (
        "Aucune de ses formes n’a pu être lue : elle ne reçoit pas de réponse."
    ),
    "A picture has more shapes than an answer may have: none of them was read.": (
        "Une image a plus de formes qu’une réponse ne peut en avoir : aucune n’a été lue."
    ),
    "A picture has more label classes than an answer may have: its answer was not read.": (
        "Une image a plus de classes qu’une réponse ne peut en avoir : sa réponse n’a pas été lue."
    ),
    "Its answer is a file that nobody here can read: it was left out.": (
        "Sa réponse est un fichier que personne ici ne sait lire : elle a été laissée de côté."
    ),
    "The table counts shapes and does not hold them: this answer needs a line per shape.": (
        "Le tableau compte les formes et ne les contient pas : cette réponse demande une ligne par forme."
    ),
    "The table has another number of rows for a media than it counts shapes: those that are there were read.": (
        "Le tableau a, pour un média, un autre nombre de lignes que de formes comptées : celles qui s’y trouvent ont "
        "été lues."
    ),
    "A captured_at is not a time that can be read: it is left out.": (
        "Un captured_at n’est pas une date lisible : il est laissé de côté."
    ),
    "Nothing in this table tells which of the two numbers of a captured_at is the day: it is left out. Write it like "
    "2026-08-12T17:42:08Z.": (
        "Rien dans ce tableau ne dit lequel des deux nombres d’un captured_at est le jour : il est laissé de côté. "
        "Écrivez-le comme 2026-08-12T17:42:08Z."
    ),
    "A task has several answers: the last one was read.": (
        "Une tâche a plusieurs réponses : la dernière a été lue."
    ),
    "A reply that is neither yes nor no was left out.": (
        "Une réponse qui n’est ni oui ni non a été laissée de côté."
    ),
    "A text, a rating, a taxonomy or a relation was passed over.": (
        "Un texte, une note, une taxonomie ou une relation n’a pas été lu."
    ),
    "Nothing of what was answered could be read, so it gets no answer.": (
        "Rien de ce qui a été répondu n’a pu être lu : l’image ne reçoit pas de réponse."
    ),
    "A label of a whole picture is no word, or too long: it was passed over.": (
        "Une étiquette d’image n’est pas un mot, ou est trop longue : elle n’a pas été lue."
    ),
    "A choice is no word, or too long: it was passed over.": (
        "Un choix n’est pas un mot, ou est trop long : il n’a pas été lu."
    ),
    "What was chosen for a single shape was passed over: label classes are those of shapes or of pictures.": (
        "Ce qui a été choisi pour une seule forme n’a pas été lu : les classes sont celles des formes ou des images."
    ),
    "A shape has several label classes: it became a shape for each of them.": (
        "Une forme a plusieurs classes : elle est devenue une forme pour chacune d’elles."
    ),
    "A task has several pictures, and a part of its answer says none of them: it was left out.": (
        "Une tâche a plusieurs images, et une partie de sa réponse n’en désigne aucune : elle a été laissée de côté."
    ),
    "A task has several pictures and an answer without anything on them: they get no answer.": (
        "Une tâche a plusieurs images et une réponse sans rien dessus : elles ne reçoivent pas de réponse."
    ),
    "A picture was turned while it was drawn on: what was drawn was left out.": (
        "Une image a été tournée pendant le tracé : ce qui y a été tracé a été laissé de côté."
    ),
    # Shapes
    "A shape reached over the edge by at most a pixel and was pulled inside.": (
        "Une forme dépassait le bord d’un pixel au plus et a été ramenée à l’intérieur."
    ),
    "A shape reached over the edge and was cut there.": "Une forme dépassait le bord et y a été coupée.",
    "A shape lies outside its picture and was left out.": (
        "Une forme est en dehors de son image et a été laissée de côté."
    ),
    "A shape has no area and was left out.": "Une forme n’a pas de surface et a été laissée de côté.",
    "A shape has no label class and was left out.": "Une forme n’a pas de classe et a été laissée de côté.",
    "A shape is neither a box nor a polygon and was left out.": (
        "Une forme n’est ni un rectangle ni un polygone et a été laissée de côté."
    ),
    "Something drawn is neither a box nor a polygon and was left out.": (
        "Un tracé n’est ni un rectangle ni un polygone et a été laissé de côté."
    ),
    "A shape holds something that is no number: it was left out.": (
        "Une forme contient autre chose qu’un nombre : elle a été laissée de côté."
    ),
    "A line has corners that are no numbers: its shape was left out.": (
        "Une ligne a des coins qui ne sont pas des nombres : sa forme a été laissée de côté."
    ),
    "A line is no class number with numbers behind it: it was left out.": (
        "Une ligne n’est pas un numéro de classe suivi de nombres : elle a été laissée de côté."
    ),
    "A polygon has too many points and became its box.": (
        "Un polygone a trop de points et est devenu son rectangle."
    ),
    "A polygon in several pieces became its box.": (
        "Un polygone en plusieurs morceaux est devenu son rectangle."
    ),
    "A polygon has half a point and was left out.": (
        "Un polygone a une moitié de point et a été laissé de côté."
    ),
    "A mask became its box.": "Un masque est devenu son rectangle.",
    "An annotation has a mask and no box: it was left out.": (
        "Une annotation a un masque et pas de rectangle : elle a été laissée de côté."
    ),
    "A box that is not four numbers was left out.": (
        "Un rectangle qui n’est pas fait de quatre nombres a été laissé de côté."
    ),
    "An object has no box and was left out.": "Un objet n’a pas de rectangle et a été laissé de côté.",
    "A turned box became the upright one around it.": (
        "Un rectangle tourné est devenu le rectangle droit qui l’entoure."
    ),
    "An ellipse became its box.": "Une ellipse est devenue son rectangle.",
    "Key points were passed over; the box was read.": (
        "Les points clés n’ont pas été lus ; le rectangle l’a été."
    ),
    "A corner stands at 0, so the corners of all these files were read as counting pixels from 0.": (
        "Un coin est à 0 : les coins de tous ces fichiers ont donc été lus comme comptant les pixels à partir de 0."
    ),
    "What is said of a shape beside its label class (attributes) is not kept.": (
        "Ce qui est dit d’une forme à côté de sa classe (attributs) n’est pas conservé."
    ),
    "A shape is marked as hidden in part, which is not kept.": (
        "Une forme est marquée comme cachée en partie, ce qui n’est pas conservé."
    ),
    "A shape is marked as cut off by the edge of its picture, which is not kept.": (
        "Une forme est marquée comme coupée par le bord de son image, ce qui n’est pas conservé."
    ),
    "A shape is marked as difficult, which is not kept.": (
        "Une forme est marquée comme difficile, ce qui n’est pas conservé."
    ),
    "A part of an object was passed over; the object was read.": (
        "Une partie d’un objet n’a pas été lue ; l’objet l’a été."
    ),
    "A shape is marked as a crowd of objects and is read as one.": (
        "Une forme est marquée comme une foule d’objets et est lue comme un seul."
    ),
    "The file measures in pixels and does not say how large its picture is, which did not come along or is "
    "damaged.": (
        "Le fichier mesure en pixels et ne dit pas la taille de son image, qui n’a pas été envoyée avec lui ou est "
        "endommagée."
    ),
    "The picture that came along under its name has another content than its SHA-256 says: it was not taken for this "
    "entry.": (
        "L’image envoyée sous son nom a un autre contenu que ne le dit son SHA-256 : elle n’a pas été prise pour cette "
        "entrée."
    ),
    # Files that nobody takes
    "Files of this kind cannot be shown here, so it was left out. Save it as JPEG, PNG, WebP or MP4.": (
        "Les fichiers de ce genre ne peuvent pas être montrés ici : il a été laissé de côté. Enregistrez-le en JPEG, "
        "PNG, WebP ou MP4."
    ),
    "It was passed over: it is no picture, no video and no annotation file that is known here.": (
        "Il n’a pas été lu : ce n’est ni une image, ni une vidéo, ni un fichier d’annotations connu ici."
    ),
    # Whose picture it is
    "The one picture of this name that was sent lies in another folder, which another entry names: this one has no "
    "picture.": (
        "La seule image de ce nom qui a été envoyée se trouve dans un autre dossier, nommé par une autre entrée : "
        "celle-ci n’a pas d’image."
    ),
    "Several entries of different folders are called like the one picture that was sent: nobody can tell which of them "
    "is about it.": (
        "Plusieurs entrées de dossiers différents portent le nom de la seule image envoyée : personne ne peut dire "
        "laquelle en parle."
    ),
    "Entries of different folders have this name, so no media here is taken for one of them by it alone.": (
        "Des entrées de dossiers différents portent ce nom : aucun média d’ici n’est pris pour l’une d’elles par "
        "lui seul."
    ),
    # Label classes
    "Only the first {} label classes can be mapped: what says one of the {} others is left out.": (
        "Seules les {0:number} premières classes peuvent recevoir une correspondance : ce qui porte l’une des "
        "{1:number} autres est laissé de côté."
    ),
    "A label class of a picture is no word, or too long: it was left out.": (
        "Une classe d’image n’est pas un mot, ou est trop longue : elle a été laissée de côté."
    ),
    "This list of classes stands for parts of itself by references (& and * in YAML), which are not followed: it "
    "was not read. Write them out.": (
        "Cette liste de classes renvoie à des parties d’elle-même par des références (& et * en YAML), qui ne sont "
        "pas suivies : elle n’a pas été lue. Écrivez-les en entier."
    ),
    "A class of this list has a name that is no word: it was passed over.": (
        "Une classe de cette liste a un nom qui n’est pas un mot : elle n’a pas été lue."
    ),
    "A class number stands in no list of classes.": "Un numéro de classe n’est dans aucune liste de classes.",
    "An annotation has a category that the file does not name.": (
        "Une annotation a une catégorie que le fichier ne nomme pas."
    ),
}
