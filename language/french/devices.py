"""Tokens, devices and sources, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # Devices
    "Devices": "Appareils",
    "Device": "Appareil",
    "New device": "Nouvel appareil",
    "{devices}, {silent}. Silent is one that has sent no picture and asked for nothing for {hours}.": (
        "{devices}, {silent}. Est muet celui qui n’a rien envoyé ni rien demandé depuis {hours}."
    ),
    "No device yet. Make one below: a camera sends pictures with the token that you get.": (
        "Pas encore d’appareil. Créez-en un ci-dessous : une caméra envoie ses images avec le jeton obtenu."
    ),
    "last picture": "dernière image",
    "last 14 days": "14 derniers jours",
    "token": "jeton",
    "no source": "sans source",
    "no token": "sans jeton",
    "heard": "entendu",
    "silent": "muet",
    "disabled": "désactivé",
    "not heard yet": "pas encore entendu",
    "no sign since {when}": "aucun signe depuis le {when}",
    "just now": "à l’instant",
    "such as camera-12": "par exemple camera-12",
    "Source of its pictures": "Source de ses images",
    "None, or type a new one": "Aucune, ou en saisir une nouvelle",
    "Where a picture is from when the device does not say.": "D’où vient une image quand l’appareil ne le dit pas.",
    "Its token ends": "Son jeton prend fin",
    "The one before ends": "Le précédent prend fin",
    "The new one ends": "Le nouveau prend fin",
    "at once": "aussitôt",
    "in an hour": "dans une heure",
    "in a day": "dans un jour",
    "in a week": "dans une semaine",
    "New token…": "Nouveau jeton…",
    "Make a new token": "Créer un nouveau jeton",
    "Revoke…": "Révoquer…",
    "Revoke its token": "Révoquer son jeton",
    "Disable…": "Désactiver…",
    "Disable it": "Le désactiver",
    "The token of **{login}** ends at once: it is refused until it carries the new one. What it has sent stays.": (
        "Le jeton de **{login}** prend fin aussitôt : l’appareil est refusé tant qu’il ne porte pas le nouveau. "
        "Ce qu’il a envoyé reste."
    ),
    "**{login}** may enter with both tokens; the one before ends {time}.": (
        "**{login}** peut entrer avec les deux jetons ; le précédent prend fin {time}."
    ),
    "**{login}** has no token that works. It may enter with the new one.": (
        "**{login}** n’a aucun jeton qui fonctionne. Il pourra entrer avec le nouveau."
    ),
    "**{login}** is refused from its next request on, until it carries a new token. What it has sent stays.": (
        "**{login}** est refusé dès sa prochaine requête, tant qu’il ne porte pas un nouveau jeton. "
        "Ce qu’il a envoyé reste."
    ),
    "**{login}** is refused from its next request on, and its token ends: enabled again, it needs a new one. "
    "What it has sent stays, and it is no longer marked as silent.": (
        "**{login}** est refusé dès sa prochaine requête, et son jeton prend fin : réactivé, il lui en faut un "
        "nouveau. Ce qu’il a envoyé reste, et il n’est plus signalé comme muet."
    ),
    "{login} is changed.": "{login} est modifié.",
    "{login} is disabled.": "{login} est désactivé.",
    "{login} may enter again, with a new token.": "{login} peut de nouveau entrer, avec un nouveau jeton.",
    # Sources
    "New source": "Nouvelle source",
    "Source that goes": "Source qui disparaît",
    "Source that stays": "Source qui reste",
    "Merge": "Fusionner",
    "Merged. {moved}": "Fusionné. {moved}",
    "Moving media…": "Déplacement des médias…",
    "**{source}** → **{into}**: {media}, {devices}.": "**{source}** → **{into}** : {media}, {devices}.",
    "Two names of one camera become one: choose both, and what would move is shown.": (
        "Deux noms d’une même caméra n’en font plus qu’un : choisissez les deux, et ce qui serait déplacé s’affiche."
    ),
    "The place and azimuth of the one that stays are kept. There is no way back. A program that still sends “{name}” "
    "makes that source again.": (
        "Le lieu et l’azimut de celle qui reste sont gardés. Il n’y a pas de retour en arrière. Un programme qui "
        "envoie encore « {name} » recrée cette source."
    ),
    "A new name holds for all its media at once. A program that still sends the old name makes a source of that name "
    "again.": (
        "Un nouveau nom vaut aussitôt pour tous ses médias. Un programme qui envoie encore l’ancien nom recrée une "
        "source de ce nom."
    ),
    "in words: a summit, a mast, a village": "en mots : un sommet, un mât, un village",
    "degrees from north": "degrés depuis le nord",
    "Which way it looks. Uploads that name none get it; media that are here keep theirs.": (
        "La direction où elle regarde. Les envois qui n’en disent rien la reçoivent ; les médias déjà là gardent la "
        "leur."
    ),
    "{name} waits for its first media.": "{name} attend son premier média.",
    "{name} is changed.": "{name} est modifiée.",
    "place": "lieu",
    "azimuth": "azimut",
    "devices": "appareils",
    "No source yet: the first upload that names one makes it.": (
        "Pas encore de source : le premier envoi qui en nomme une la crée."
    ),
    # Tokens
    "Token": "Jeton",
    "Tokens": "Jetons",
    "A token lets a program of yours do what you may, or less: the client, a notebook, a nightly export. It makes no "
    "other tokens, and ends when you change your password or sign out everywhere.": (
        "Un jeton laisse un de vos programmes faire ce que vous pouvez faire, ou moins : le client, un notebook, un "
        "export de nuit. Il ne crée pas d’autres jetons, et prend fin quand vous changez de mot de passe ou vous "
        "déconnectez partout."
    ),
    "You have no tokens.": "Vous n’avez aucun jeton.",
    "New token": "Nouveau jeton",
    "Make a token": "Créer un jeton",
    "Revoke": "Révoquer",
    "Revoke it": "Le révoquer",
    "what it is for": "à quoi il sert",
    "all that you may": "tout ce que vous pouvez",
    "Ends": "Prend fin",
    "when it is revoked": "quand il est révoqué",
    "until it is revoked": "jusqu’à sa révocation",
    "made": "créé",
    "ended": "terminé",
    "Programs that carry **{name}** are refused from their next request on. There is no way back; a new token is made "
    "in a moment.": (
        "Les programmes qui portent **{name}** sont refusés dès leur prochaine requête. Il n’y a pas de retour en "
        "arrière ; un nouveau jeton se crée en un instant."
    ),
    "The token is revoked.": "Le jeton est révoqué.",
    "Token of **{name}**, shown only here and now:": "Jeton de **{name}**, montré ici et maintenant seulement :",
    "Token **{name}**, shown only here and now:": "Jeton **{name}**, montré ici et maintenant seulement :",
    "Send a frame with it:": "Envoyer une image avec lui :",
    "Try it:": "L’essayer :",
    # The audit trail
    "token made": "jeton créé",
    "token revoked": "jeton révoqué",
    "device token rotated": "jeton d’appareil remplacé",
    "device token revoked": "jeton d’appareil révoqué",
    "device renamed": "appareil renommé",
    "device source changed": "source d’appareil modifiée",
    "source created": "source créée",
    "source changed": "source modifiée",
    "source merged": "source fusionnée",
}

PLURALS: dict[str, tuple[str, str]] = {
    "{n} devices": ("{n} appareil", "{n} appareils"),
    "{n} silent": ("{n} muet", "{n} muets"),
    "{n} hours": ("{n} heure", "{n} heures"),
    "{n} min ago": ("il y a {n} min", "il y a {n} min"),
    "{n} hours ago": ("il y a {n} heure", "il y a {n} heures"),
    "{n} days ago": ("il y a {n} jour", "il y a {n} jours"),
    "in {n} days": ("dans {n} jour", "dans {n} jours"),
    "{n} tokens ended.": ("{n} jeton a pris fin.", "{n} jetons ont pris fin."),
    "{n} media, withdrawn ones included": (
        "{n} média, retirés compris",
        "{n} médias, retirés compris",
    ),
}

SENTENCES: dict[str, str] = {
    "There is no such device.": "Cet appareil n’existe pas.",
    "The token before may work for at most {} more minutes.": (
        "Le jeton précédent peut fonctionner encore {0} minutes au plus."
    ),
    "There is no such source.": "Cette source n’existe pas.",
    "A source needs a name.": "Une source a besoin d’un nom.",
    "A source cannot be merged into itself.": "Une source ne peut pas être fusionnée avec elle-même.",
    "A place has at most {} printable characters.": "Un lieu a au plus {0} caractères imprimables.",
    "azimuth is a number from 0 to 360.": "azimuth est un nombre de 0 à 360.",
    "There is a source “{}” already. Two sources of one camera are merged.": (
        "Il y a déjà une source « {0} ». Deux sources d’une même caméra se fusionnent."
    ),
    "There is no such token.": "Ce jeton n’existe pas.",
    "A token has a name of 1 to {} printable characters.": "Un jeton a un nom de 1 à {0} caractères imprimables.",
    "A token lasts 1 to {} days, or until it is revoked.": "Un jeton dure de 1 à {0} jours, ou jusqu’à sa révocation.",
    "A token of this access cannot have the scope “{}”.": "Un jeton de cet accès ne peut pas avoir le rôle « {0} ».",
    "A token changes neither tokens nor accesses. Sign in with login and password for that.": (
        "Un jeton ne change ni jetons ni accès. Connectez-vous pour cela avec identifiant et mot de passe."
    ),
    "An access has at most {} tokens at once. Revoke one first.": (
        "Un accès a au plus {0} jetons à la fois. Révoquez-en d’abord un."
    ),
    "People make and revoke their tokens themselves.": "Les personnes créent et révoquent elles-mêmes leurs jetons.",
}
