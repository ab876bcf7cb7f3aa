"""What can go wrong, in French: by the template that a sentence is made from, with `{}` for each value in it.

The French ones number their slots. What a slot holds may need telling too: `word` (a state and the like), `number`
(its separators), `reason` (one of REASONS) or `sentence` (one of SENTENCES).
"""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    # Answers given twice
    "This picture is {}, so it cannot be {}.": (
        "L’état de cette image est « {0:word} » : elle ne peut pas passer à « {1:word} »."
    ),
    "Two answers disagree about this picture. Choose one of them, or accept what you have drawn.": (
        "Deux réponses se contredisent pour cette image. Choisissez-en une, ou acceptez ce que vous avez dessiné."
    ),
    "Only what is sent back can be for its annotator.": "Seul ce qui est renvoyé peut l’être à son annotateur.",
    "Nobody has answered this picture, so there is no annotator to send it to.": (
        "Personne n’a répondu à cette image : il n’y a pas d’annotateur à qui la renvoyer."
    ),
    "Choose one of the two answers that disagree.": "Choisissez l’une des deux réponses qui se contredisent.",
    # Who is there, and what they may do
    "Sign in first.": "Connectez-vous d’abord.",
    "The login or the password is not right.": "L’identifiant ou le mot de passe n’est pas bon.",
    "This sign-in has expired. Sign in again.": "Cette connexion a expiré. Reconnectez-vous.",
    "Too many failed sign-ins. Wait {} and try again.": (
        "Trop de connexions échouées. Attendez {0:reason} et réessayez."
    ),
    "Browsers sign in at the dashboard.": "Les navigateurs se connectent au tableau de bord.",
    "A request with a cookie needs the header {} to change anything.": (
        "Une requête avec un cookie a besoin de l’en-tête {0} pour changer quoi que ce soit."
    ),
    "Change your one-time password first: sign in on the dashboard.": (
        "Changez d’abord votre mot de passe à usage unique : connectez-vous au tableau de bord."
    ),
    "An access with the scope “{}” may not do this.": "Un accès au rôle « {0} » ne peut pas faire cela.",
    "You are no longer an admin.": "Vous n’êtes plus admin.",
    "There is no such access.": "Cet accès n’existe pas.",
    "“{}” is the last admin. Make another one first.": "« {0} » est le dernier admin. Nommez-en d’abord un autre.",
    "The login “{}” is taken.": "L’identifiant « {0} » est pris.",
    "A login has 1 to {} printable characters and no spaces.": (
        "Un identifiant a de 1 à {0} caractères imprimables, sans espace."
    ),
    "A password does not begin or end with a space.": "Un mot de passe ne commence ni ne finit par un espace.",
    "A password does not hold a NUL character.": "Un mot de passe ne contient pas de caractère NUL.",
    "A password has {} to {} bytes; this one has {}.": (
        "Un mot de passe a de {0} à {1} octets ; celui-ci en a {2}."
    ),
    "The password is not valid text.": "Le mot de passe n’est pas un texte valide.",
    "The present password is not right. Nothing was changed.": (
        "Le mot de passe actuel n’est pas bon. Rien n’a été changé."
    ),
    "The new password is the present one. Nothing was changed.": (
        "Le nouveau mot de passe est l’actuel. Rien n’a été changé."
    ),
    "The password was changed elsewhere a moment ago. Sign in again.": (
        "Le mot de passe vient d’être changé ailleurs. Reconnectez-vous."
    ),
    "The two new passwords differ. Nothing was changed; type the new one twice.": (
        "Les deux nouveaux mots de passe diffèrent. Rien n’a été changé ; tapez deux fois le nouveau."
    ),
    "Change your own password on the Account page.": "Votre propre mot de passe se change sur la page Compte.",
    # A person's own choices
    "The language is “en”, “fr”, or none for the browser's own.": (
        "La langue est « en », « fr », ou aucune pour celle du navigateur."
    ),
    "Keys are given as acts, each with its press.": "Les touches se donnent par acte, chacun avec sa frappe.",
    "At most {} acts have a key of one's own.": "Au plus {0} actes ont une touche personnelle.",
    "“{}” is no preference.": "« {0} » n’est pas une préférence.",
    "The name of an act has 1 to 30 letters and digits.": "Le nom d’un acte a de 1 à 30 lettres et chiffres.",
    "The key for “{}” has 1 to {} printable characters.": (
        "La touche de « {0} » a de 1 à {1} caractères imprimables."
    ),
    "The key {} cannot do two things: “{}” and “{}”. Choose another.": (
        "La touche {0} ne peut pas faire deux choses : « {1} » et « {2} ». Choisissez-en une autre."
    ),
    # Answers
    "Someone answered this picture a moment ago. Look at both answers, then keep yours or drop it.": (
        "Quelqu’un vient de répondre à cette image. Regardez les deux réponses, puis gardez ou laissez la vôtre."
    ),
    "Someone was faster: this picture is {} now. Look again, then answer.": (
        "Quelqu’un a été plus rapide : l’état de cette image est maintenant « {0:word} ». Regardez-la de nouveau, "
        "puis répondez."
    ),
    "This picture is {} by now, so no answer can be added. Reopen it first.": (
        "L’état de cette image est maintenant « {0:word} » : aucune réponse ne peut s’ajouter. Rouvrez-la d’abord."
    ),
    "This picture is {} by now, so it cannot be {}.": (
        "L’état de cette image est maintenant « {0:word} » : elle ne peut pas passer à « {1:word} »."
    ),
    "There is no annotation {}.": "L’annotation {0} n’existe pas.",
    "This media has no content yet, so it cannot be annotated.": (
        "Ce média n’a pas encore de contenu : il ne peut pas être annoté."
    ),
    "This client id was used for another answer. Make a new one.": (
        "Ce client id a servi pour une autre réponse. Faites-en un nouveau."
    ),
    "This client id was used for another decision. Make a new one.": (
        "Ce client id a servi pour une autre décision. Faites-en un nouveau."
    ),
    "A client id has 8 to 64 characters of A-Z, a-z, 0-9, _ and -.": (
        "Un client id a de 8 à 64 caractères parmi A-Z, a-z, 0-9, _ et -."
    ),
    "Someone answered this picture at the same moment. Try again.": (
        "Quelqu’un a répondu à cette image au même moment. Réessayez."
    ),
    "The label class “{}” is retired. Choose another one.": (
        "La classe « {0} » est abandonnée. Choisissez-en une autre."
    ),
    "“{}” says something about a whole picture and cannot label a shape.": (
        "« {0} » se dit d’une image entière et ne peut pas nommer une forme."
    ),
    "“{}” labels shapes and cannot stand for a whole picture.": (
        "« {0} » nomme des formes et ne peut pas se dire d’une image entière."
    ),
    "Shape {}: {}": "Forme {0} : {1:sentence}",
    "It has no label class.": "Elle n’a pas de classe.",
    "A polygon is a list of points, each two numbers: x and y.": (
        "Un polygone est une liste de points, de deux nombres chacun : x et y."
    ),
    "Its confidence is a number between 0 and 1.": "Sa confiance est un nombre entre 0 et 1.",
    "Its origin is “human”, “model” or “import”.": "Son origine est « human », « model » ou « import ».",
    "A comment has at most {} characters, this one has {}.": (
        "Un commentaire a au plus {0:number} caractères, celui-ci en a {1:number}."
    ),
    "A comment holds a character that cannot be stored.": (
        "Le commentaire contient un caractère qui ne peut pas être stocké."
    ),
    "An annotation has at most {} shapes, this one has {}.": "Une annotation a au plus {0} formes, celle-ci en a {1}.",
    "A picture has at most {} label classes of its own.": "Une image a au plus {0} classes à elle.",
    "A box is four numbers: x_min, y_min, x_max, y_max.": (
        "Un cadre est fait de quatre nombres : x_min, y_min, x_max, y_max."
    ),
    "A box needs four finite numbers.": "Un cadre a besoin de quatre nombres finis.",
    "A box lies outside the picture: its corners are fractions between 0 and 1.": (
        "Un cadre sort de l’image : ses coins sont des fractions entre 0 et 1."
    ),
    "A box has no area: x_min must be below x_max and y_min below y_max.": (
        "Un cadre n’a pas de surface : x_min doit être sous x_max et y_min sous y_max."
    ),
    "A shape holds a value that is not a finite number.": (
        "Une forme contient une valeur qui n’est pas un nombre fini."
    ),
    "A shape lies outside the picture: coordinates are fractions between 0 and 1.": (
        "Une forme sort de l’image : les coordonnées sont des fractions entre 0 et 1."
    ),
    "A polygon needs 3 to {} points, this one has {}.": (
        "Un polygone a de 3 à {0:number} points, celui-ci en a {1:number}."
    ),
    "Shape {} reached over the edge by less than a pixel and was pulled inside.": (
        "La forme {0} dépassait le bord de moins d’un pixel et a été ramenée dedans."
    ),
    "Submitted. Someone else has to accept it.": "Soumis. Quelqu’un d’autre doit l’accepter.",
    "Draw shapes, or say that nothing is here.": "Dessinez des formes, ou dites qu’il n’y a rien ici.",
    "The same picture was registered again meanwhile, as media {}. Withdraw that one first.": (
        "La même image a été enregistrée de nouveau entre-temps, comme média {0}. Retirez d’abord celui-là."
    ),
    "Someone has acted on this picture since, or this was undone already. Look again.": (
        "Quelqu’un a agi sur cette image depuis, ou c’est déjà annulé. Regardez de nouveau."
    ),
    "Withdrawing is not undone but restored, from the list of withdrawn media.": (
        "Un retrait ne s’annule pas : il se rétablit, depuis la liste des médias retirés."
    ),
    "Nothing has been done to this picture that could be undone.": (
        "Rien n’a été fait sur cette image qui puisse s’annuler."
    ),
    "The last act on this picture is someone else's. Only an admin can undo it.": (
        "Le dernier acte sur cette image est de quelqu’un d’autre. Seul un admin peut l’annuler."
    ),
    "This act is more than a day old. Reopen the picture instead.": (
        "Cet acte a plus d’un jour. Rouvrez plutôt l’image."
    ),
    "This answer is your own. Someone else has to accept it.": (
        "Cette réponse est la vôtre. Quelqu’un d’autre doit l’accepter."
    ),
    "A queue has a state of its own: leave out the filter “state”, or use queue=filter.": (
        "Une file a son propre état : enlevez le filtre « state », ou prenez queue=filter."
    ),
    "There is no queue “{}”.": "La file « {0} » n’existe pas.",
    "This picture was given to somebody else meanwhile. Leave it to them.": (
        "Cette image a été donnée à quelqu’un d’autre entre-temps. Laissez-la-lui."
    ),
    "You have answered this picture already. Undo that answer first.": (
        "Vous avez déjà répondu à cette image. Annulez d’abord cette réponse."
    ),
    "An answer replies to at most {} questions.": "Une réponse répond à {0} questions au plus.",
    "The reply to {} is true or false.": "La réponse à {0} est vrai ou faux.",
    "Answer the question first: {}": "Répondez d’abord à la question : {0}",
    "There is no annotation {} of media {}.": "L’annotation {0} du média {1} n’existe pas.",
    "A drawing names a label class or a question that cannot be one.": (
        "Un dessin nomme une classe ou une question qui ne peut pas en être une."
    ),
    "Write something first: a comment is not empty.": (
        "Écrivez d’abord quelque chose : un commentaire n’est pas vide."
    ),
    "This client id was used for another comment. Make a new one.": (
        "Ce client id a servi pour un autre commentaire. Faites-en un nouveau."
    ),
    "This client id was used for something else. Make a new one.": (
        "Ce client id a servi pour autre chose. Faites-en un nouveau."
    ),
    "There is no batch {}.": "Le lot {0} n’existe pas.",
    "Undoing is not undone. Answer or decide anew.": (
        "Une annulation ne s’annule pas. Répondez ou décidez de nouveau."
    ),
    "This was done by someone else. Only an admin can undo it.": (
        "C’est l’acte de quelqu’un d’autre. Seul un admin peut l’annuler."
    ),
    "This was done more than a day ago. Only an admin can undo it.": (
        "C’était il y a plus d’un jour. Seul un admin peut l’annuler."
    ),
    "The span of time ends before it begins.": "La période finit avant de commencer.",
    "There is no access “{}”.": "L’accès « {0} » n’existe pas.",
    "Choose the media that get this shape.": "Choisissez les médias qui reçoivent cette forme.",
    "This media has no source, so nothing says which others are of the same camera.": (
        "Ce média n’a pas de source : rien ne dit quels autres viennent de la même caméra."
    ),
    "At most {} boxes at once.": "Au plus {0} cadres à la fois.",
    "Somebody has acted on it since.": "Quelqu’un a agi dessus depuis.",
    "It was undone already.": "C’était déjà annulé.",
    "It was withdrawn.": "Il a été retiré.",
    "It is {} by now.": "Son état est maintenant « {0:word} ».",
    # Media and their pictures
    "There is no media {}.": "Le média {0} n’existe pas.",
    "There is no media {}. Nothing was changed.": "Le média {0} n’existe pas. Rien n’a été changé.",
    "Withdrawn media are shown to admins only.": "Les médias retirés ne sont montrés qu’aux admins.",
    "The stored picture is damaged and cannot be shown.": (
        "L’image stockée est abîmée et ne peut pas être montrée."
    ),
    "The bucket does not hold this picture any more.": "Le bucket n’a plus cette image.",
    "The bucket does not hold this object any more.": "Le bucket n’a plus cet objet.",
    "The picture of media {} is not in the bucket.": "L’image du média {0} n’est pas dans le bucket.",
    "A source has a name of at most {} printable characters.": (
        "Une source a un nom d’au plus {0} caractères imprimables."
    ),
    "At most {} tags at once.": "Au plus {0} étiquettes à la fois.",
    "At most {} media at once.": "Au plus {0:number} médias à la fois.",
    "A tag has at most {} printable characters and no semicolon.": (
        "Une étiquette a au plus {0} caractères imprimables, sans point-virgule."
    ),
    # Uploads
    "{} {}. Nothing was stored.": "{0} {1:reason}. Rien n’a été stocké.",
    "{} has {} MiB; at most {} MiB are taken. Nothing was stored.": (
        "{0} a {1:number} Mio ; {2} Mio au plus sont acceptés. Rien n’a été stocké."
    ),
    "{} has more than {} MiB, the most that is taken. Nothing was stored.": (
        "{0} a plus de {1:number} Mio, le maximum accepté. Rien n’a été stocké."
    ),
    "At most {} MiB are taken. Nothing was stored.": "{0:number} Mio au plus sont acceptés. Rien n’a été stocké.",
    "Too many pictures are being read at the moment. Send it again in a minute.": (
        "Trop d’images sont lues en ce moment. Envoyez-la de nouveau dans une minute."
    ),
    "The server has no room to take files at the moment. Nothing was stored; send it again later.": (
        "Le serveur n’a pas de place pour des fichiers en ce moment. Rien n’a été stocké ; envoyez-le plus tard."
    ),
    "{} is being cleaned up at this moment. Send it again in a while.": (
        "{0} est en cours de nettoyage. Envoyez-le de nouveau dans un moment."
    ),
    "{} did not arrive as it was sent: its SHA-256 differs. Send it again.": (
        "{0} n’est pas arrivé tel qu’envoyé : son SHA-256 diffère. Envoyez-le de nouveau."
    ),
    "An Idempotency-Key has 1 to 200 printable ASCII characters.": (
        "Une Idempotency-Key a de 1 à 200 caractères ASCII imprimables."
    ),
    "This Idempotency-Key was used for another file. Make a new one for each file.": (
        "Cette Idempotency-Key a servi pour un autre fichier. Faites-en une nouvelle par fichier."
    ),
    "The same content is being deleted at this moment. Send it again in a while.": (
        "Le même contenu est en cours de suppression. Envoyez-le de nouveau dans un moment."
    ),
    "It had been withdrawn, and was restored.": "Il avait été retiré, et il est rétabli.",
    "The file has no name. Give it one.": "Le fichier n’a pas de nom. Donnez-lui-en un.",
    "The file name holds control characters. Rename the file.": (
        "Le nom du fichier contient des caractères de contrôle. Renommez le fichier."
    ),
    "The file name is longer than {} bytes. Shorten it.": (
        "Le nom du fichier a plus de {0} octets. Raccourcissez-le."
    ),
    "The file name holds characters that are no text. Rename the file.": (
        "Le nom du fichier contient des caractères qui ne sont pas du texte. Renommez le fichier."
    ),
    "The file name is not UTF-8 text.": "Le nom du fichier n’est pas un texte UTF-8.",
    "The archive holds {} files; at most {} are taken at once. Nothing was stored.": (
        "L’archive contient {0:number} fichiers ; {1:number} au plus sont acceptés à la fois. Rien n’a été stocké."
    ),
    "The archive holds more than {} files. Nothing was stored.": (
        "L’archive contient plus de {0:number} fichiers. Rien n’a été stocké."
    ),
    "The archive unpacks to more than 100 times its size. Nothing was stored.": (
        "L’archive donne plus de 100 fois sa taille une fois ouverte. Rien n’a été stocké."
    ),
    "This is not a ZIP archive, or it is damaged. Nothing was stored.": (
        "Ce n’est pas une archive ZIP, ou elle est abîmée. Rien n’a été stocké."
    ),
    "The archive holds “{}”, which climbs out of its folder. Nothing was stored.": (
        "L’archive contient « {0} », qui sort de son dossier. Rien n’a été stocké."
    ),
    "{} has a name with a NUL character. Rename it.": "{0} a un nom avec un caractère NUL. Renommez-le.",
    "{} is encrypted. Pack it without a password.": "{0} est chiffré. Archivez-le sans mot de passe.",
    "{} is a link to another file, not a picture.": "{0} est un lien vers un autre fichier, pas une image.",
    "{} is damaged inside the archive and cannot be unpacked.": (
        "{0} est abîmé dans l’archive et ne peut pas être extrait."
    ),
    "{} is a number from {} to {}.": "{0} est un nombre de {1} à {2}.",
    "{} lies outside the years {} to {}.": "{0} sort des années {1} à {2}.",
    "“{}” is not a field. Known are: {}.": "« {0} » n’est pas un champ. Les champs connus : {1}.",
    "lat and lon come together or not at all.": "lat et lon vont ensemble ou pas du tout.",
    "A sequence has at most {} printable characters.": "Une séquence a au plus {0} caractères imprimables.",
    "{} needs a time zone, for instance 2026-08-12T17:42:08+02:00.": (
        "{0} a besoin d’un fuseau, par exemple 2026-08-12T17:42:08+02:00."
    ),
    "{} is not a time. Write it like 2026-08-12T17:42:08Z.": (
        "{0} n’est pas une heure. Elle s’écrit comme 2026-08-12T17:42:08Z."
    ),
    "timezone is a name like Europe/Paris or UTC.": "timezone est un nom comme Europe/Paris ou UTC.",
    "Send the file as multipart/form-data, in a part called “file”.": (
        "Envoyez le fichier en multipart/form-data, dans une partie nommée « file »."
    ),
    "The connection ended before the file did. Nothing was stored.": (
        "La connexion s’est arrêtée avant la fin du fichier. Rien n’a été stocké."
    ),
    "The body ended too early. Nothing was stored; send it again.": (
        "Le corps s’est arrêté trop tôt. Rien n’a été stocké ; envoyez-le de nouveau."
    ),
    "The body is larger than 1 MiB. Nothing was changed.": "Le corps dépasse 1 Mio. Rien n’a été changé.",
    "There is no part called “file”.": "Il n’y a pas de partie nommée « file ».",
    "There is more than one part called “file”. Send one file at a time.": (
        "Il y a plus d’une partie nommée « file ». Envoyez un fichier à la fois."
    ),
    "A part of the body has headers that are too long.": "Une partie du corps a des en-têtes trop longs.",
    "The field “{}” comes twice, or there are too many fields.": (
        "Le champ « {0} » vient deux fois, ou il y a trop de champs."
    ),
    "The field “{}” is too long.": "Le champ « {0} » est trop long.",
    "The field “{}” is not UTF-8 text.": "Le champ « {0} » n’est pas un texte UTF-8.",
    "The multipart body is damaged. Nothing was stored.": "Le corps multipart est abîmé. Rien n’a été stocké.",
    "sha256 is 64 hexadecimal digits.": "sha256 a 64 chiffres hexadécimaux.",
    "Not stored: the database or the bucket cannot be reached. Send the archive again later.": (
        "Non stocké : la base de données ou le bucket est injoignable. Envoyez de nouveau l’archive plus tard."
    ),
    # Filters, lists, exports
    "The filter {} has more than {} values.": "Le filtre {0} a plus de {1} valeurs.",
    "The filter {} takes one value, not {}.": "Le filtre {0} prend une valeur, pas {1}.",
    "The filter {} has a value that is too long or holds a NUL character.": (
        "Le filtre {0} a une valeur trop longue ou avec un caractère NUL."
    ),
    "The filter {} has a value that is not valid text.": (
        "Le filtre {0} a une valeur qui n’est pas un texte valide."
    ),
    "{} is “yes” or “no”, not “{}”.": "{0} vaut « yes » ou « no », pas « {1} ».",
    "“{}” is not a filter. Known are: {}.": "« {0} » n’est pas un filtre. Les filtres connus : {1}.",
    "“{}” is no value of {}. Known are: {}.": "« {0} » n’est pas une valeur de {1}. Les valeurs connues : {2}.",
    "{} needs a time zone, for instance {}Z.": "{0} a besoin d’un fuseau, par exemple {1}Z.",
    "{} is not a date: “{}”. Write 2026-08-12 or 2026-08-12T17:42:08Z.": (
        "{0} n’est pas une date : « {1} ». Écrivez 2026-08-12 ou 2026-08-12T17:42:08Z."
    ),
    "The cursor is not one that this list gave out.": "Le curseur n’est pas de ceux que cette liste a donnés.",
    "An export needs at least one column.": "Un export a besoin d’au moins une colonne.",
    "“{}” is not a column. Known are: {}.": "« {0} » n’est pas une colonne. Les colonnes connues : {1}.",
    "The column {} belongs to shapes: ask for one row per shape.": (
        "La colonne {0} est celle de formes : demandez une ligne par forme."
    ),
    "Several exports are being written at this moment. Try again in a minute.": (
        "Plusieurs exports s’écrivent en ce moment. Réessayez dans une minute."
    ),
    "seed is a whole number from 0 to {}, not “{}”.": "seed est un nombre entier de 0 à {0}, pas « {1} ».",
    "reply is a question and “yes” or “no”, as in missed_smoke:yes, not “{}”.": (
        "reply est une question et « yes » ou « no », comme missed_smoke:yes, pas « {0} »."
    ),
    "No shape is drawn on media {}, so there is nothing to magnify.": (
        "Aucune forme n’est dessinée sur le média {0} : il n’y a rien à agrandir."
    ),
    "A box is four numbers: x_min,y_min,x_max,y_max, fractions of the picture.": (
        "Un cadre est fait de quatre nombres : x_min,y_min,x_max,y_max, fractions de l’image."
    ),
    "No media match these filters, so there is nothing to print. Take a filter away.": (
        "Aucun média ne répond à ces filtres : il n’y a rien à imprimer. Enlevez un filtre."
    ),
    "The zone is none that is known. Write it as in Europe/Paris.": (
        "Ce fuseau n’est pas connu. Écrivez-le comme Europe/Paris."
    ),
    "Several contact sheets are being drawn at this moment. Try again in a minute.": (
        "Plusieurs planches-contact se dessinent en ce moment. Réessayez dans une minute."
    ),
    # Label classes
    "There is no such label class.": "Cette classe n’existe pas.",
    "There is no label class “{}”.": "La classe « {0} » n’existe pas.",
    "{} is no label class.": "{0} n’est pas une classe.",
    "A key has 1 to 60 characters of a-z, 0-9, _ and -, and is never changed later.": (
        "Une clé a de 1 à 60 caractères parmi a-z, 0-9, _ et -, et ne change plus ensuite."
    ),
    "The key “{}” is taken.": "La clé « {0} » est prise.",
    "The key {} belongs to “{}”.": "La touche {0} appartient à « {1} ».",
    "“{}” and “{}” exclude each other for a whole picture. Take one of them away.": (
        "« {0} » et « {1} » s’excluent pour une image entière. Enlevez l’une des deux."
    ),
    "A name has 1 to 60 printable characters.": "Un nom a de 1 à 60 caractères imprimables.",
    "A colour is written like #E0702F.": "Une couleur s’écrit comme #E0702F.",
    "A key is 1 to 9, or F and a letter, as in “F A”.": (
        "Une touche va de 1 à 9, ou c’est F et une lettre, comme « F A »."
    ),
    "A group has at most 60 printable characters.": "Un groupe a au plus 60 caractères imprimables.",
    "A parent is another label class that has no parent itself.": (
        "Un parent est une autre classe qui n’a pas elle-même de parent."
    ),
    "A guide has at most {} characters, this one has {}.": (
        "Un guide a au plus {0:number} caractères, celui-ci en a {1:number}."
    ),
    "A guide holds a character that cannot be shown.": (
        "Le guide contient un caractère qui ne peut pas être montré."
    ),
    "Media {} is {}, so it cannot be an example.": (
        "L’état du média {0} est « {1:word} » : il ne peut pas servir d’exemple."
    ),
    "“{}” has {} examples already. Take one of them away first.": (
        "« {0} » a déjà {1} exemples. Enlevez-en d’abord un."
    ),
    "Media {} is no example of “{}”.": "Le média {0} n’est pas un exemple de « {1} ».",
    "There are {} questions already. Change one of them.": "Il y a déjà {0} questions. Modifiez-en une.",
    "There is no such question.": "Cette question n’existe pas.",
    "There is no question {}.": "La question {0} n’existe pas.",
    "A question has 1 to {} printable characters.": "Une question a de 1 à {0} caractères imprimables.",
    # What is away, and what should not happen
    "{}: {}.": "{0} : {1}.",
    "There is nothing at this address.": "Il n’y a rien à cette adresse.",
    "The filter {} has no value. Give it one, or leave it out.": (
        "Le filtre {0} n’a pas de valeur. Donnez-lui-en une, ou enlevez-le."
    ),
    "Only what is sent back can be for somebody.": (
        "Seul ce qui est renvoyé peut l’être à quelqu’un en particulier."
    ),
    "This address does not take that method.": "Cette adresse n’accepte pas cette méthode.",
    "The body cannot be read. Nothing was changed.": "Le corps est illisible. Rien n’a été changé.",
    "Someone changed this at the same moment. Try again.": (
        "Quelqu’un a changé cela au même moment. Réessayez."
    ),
    "A value cannot be stored. Nothing was changed.": "Une valeur ne peut pas être stockée. Rien n’a été changé.",
    "The database went away at the last moment: this may be stored, or not. Look, or send it again.": (
        "La base de données a disparu au dernier moment : ceci est peut-être enregistré, peut-être pas. "
        "Vérifiez, ou envoyez de nouveau."
    ),
    "The database cannot be reached. Nothing was changed; try again in a moment.": (
        "La base de données est injoignable. Rien n’a été changé ; réessayez dans un instant."
    ),
    "The bucket cannot be reached. Nothing was changed; try again in a moment.": (
        "Le bucket est injoignable. Rien n’a été changé ; réessayez dans un instant."
    ),
    "The bucket has no room left. Nothing was stored.": "Le bucket n’a plus de place. Rien n’a été stocké.",
    "The database waits for its migration.": "La base de données attend sa migration.",
    "The database cannot be reached.": "La base de données est injoignable.",
    "The bucket cannot be reached.": "Le bucket est injoignable.",
    "Something went wrong that should not have. It was logged as {}.": (
        "Quelque chose d’imprévu a échoué. C’est consigné sous {0}."
    ),
    # What the self-test of the bucket says
    "The bucket ({}) works.": "Le bucket ({0:sentence}) fonctionne.",
    "The bucket ({}) fails its self-test: {}": "Le bucket ({0:sentence}) échoue à son essai : {1:sentence}",
    "the folder {}": "le dossier {0}",
    "the bucket {} at {}": "le bucket {0} à {1}",
    "write": "écrire",
    "read after write": "lire après avoir écrit",
    "read a part": "lire une partie",
    "list": "lister",
    "refuse damage": "refuser ce qui est abîmé",
    "delete": "supprimer",
    "a wrong MD5 is refused": "un MD5 faux est refusé",
    "a wrong SHA-256 is refused": "un SHA-256 faux est refusé",
    "the ETag is the MD5": "l’ETag est le MD5",
    "If-None-Match is honoured": "If-None-Match est respecté",
    "a signed link works": "un lien signé fonctionne",
    "what was read is not what was written.": "ce qui est lu n’est pas ce qui a été écrit.",
    "the length it tells is not the one that was written.": (
        "la longueur annoncée n’est pas celle qui a été écrite."
    ),
    "a part of an object is not the part that was asked for.": (
        "la partie d’un objet n’est pas celle qui était demandée."
    ),
    "a listing does not show what was written.": "une liste ne montre pas ce qui a été écrit.",
    "bytes that do not fit their hash were taken.": "des octets qui contredisent leur empreinte ont été acceptés.",
    "a deleted object can still be read.": "un objet supprimé se lit encore.",
    "damage on the way is only found by looking afterwards.": (
        "un dommage en route ne se découvre qu’en regardant après."
    ),
    "what is stored is read back to be sure.": "ce qui est stocké est relu pour en être sûr.",
    "an object can be written over unasked.": "un objet peut être écrasé sans qu’on le demande.",
    "links of the bucket's own do not open.": "les liens du bucket lui-même ne s’ouvrent pas.",
    # Contact sheets and examples
    "A media id is a number: Browse shows it beside each media.": (
        "L’identifiant d’un média est un nombre : Parcourir l’affiche à côté de chaque média."
    ),
}

# The part of a sentence that says why, or how much.
REASONS: dict[str, str] = {
    "a minute": "une minute",
    "{} minutes": "{0} minutes",
    "Export it as a table to be edited, and save it as CSV.": (
        "Exportez-le comme tableau à modifier et enregistrez-le en CSV."
    ),
    "takes too long to decode": "met trop de temps à se décoder",
    "cannot be decoded: the decoder did not survive it": "ne se décode pas : le décodeur n’y a pas survécu",
    "is empty": "est vide",
    "is cut short: its end is missing": "est tronqué : sa fin manque",
    "is damaged: it cannot be decoded": "est abîmé : il ne se décode pas",
    "is animated ({} frames); only still pictures are taken": (
        "est animé ({0} images) ; seules les images fixes sont acceptées"
    ),
    "is not what was stored: its hash differs": "n’est pas ce qui a été stocké : son empreinte diffère",
    "is not a JPEG, PNG or WebP picture, nor an MP4, WebM or MOV video{}": (
        "n’est ni une image JPEG, PNG ou WebP, ni une vidéo MP4, WebM ou MOV{0:reason}"
    ),
    "holds no moving picture": "ne contient aucune image animée",
    "is {} x {} pixels; its sides must be at most {} pixels": (
        "fait {0:number} x {1:number} pixels ; ses côtés doivent faire au plus {2:number} pixels"
    ),
    " (it starts like {})": " (cela commence comme {0:word})",
    "is {} x {} pixels": "fait {0:number} x {1:number} pixels",
    "{}; its sides must be between {} and {} pixels": (
        "{0:reason} ; ses côtés doivent faire entre {1} et {2:number} pixels"
    ),
    "{}; at most {} megapixels are taken": "{0:reason} ; {1} mégapixels au plus sont acceptés",
    "{}; its long side may be at most {} times its short one": (
        "{0:reason} ; son grand côté peut faire au plus {1} fois le petit"
    ),
}

# What stands in a sentence and is no name that somebody gave: beside the words of the screens.
WORDS: dict[str, str] = {
    "marked unsure": "incertain",
    "a PDF": "un PDF",
    "a GIF": "un GIF",
    "a BMP": "un BMP",
    "a TIFF": "un TIFF",
    "a Photoshop file": "un fichier Photoshop",
    "a PostScript file": "un fichier PostScript",
    "a JPEG 2000 file": "un fichier JPEG 2000",
    "a JPEG XL file": "un fichier JPEG XL",
    "a ZIP file": "un fichier ZIP",
    "a RAR file": "un fichier RAR",
    "a 7z file": "un fichier 7z",
    "a gzip file": "un fichier gzip",
    "a video": "une vidéo",
    "a video or sound file": "un fichier vidéo ou son",
    "a HEIC picture": "une image HEIC",
    "an AVIF picture": "une image AVIF",
    "a program": "un programme",
    "a script": "un script",
    "an HTML page": "une page HTML",
    "an SVG drawing": "un dessin SVG",
    "an XML or SVG file": "un fichier XML ou SVG",
    "a JSON file": "un fichier JSON",
}
