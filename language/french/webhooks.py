"""Webhooks, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    # What the audit trail and the jobs call it
    "webhook created": "webhook créé",
    "webhook changed": "webhook modifié",
    "webhook deleted": "webhook supprimé",
    "webhook disabled": "webhook désactivé",
    "webhook delivery": "message d’un webhook",
    # The section of the Admin page
    "Webhooks": "Webhooks",
    "Webhook": "Webhook",
    "Other programs that are told what happens here, by a signed message each time. A message that does not "
    "arrive is sent again for three days.": (
        "D’autres programmes qui apprennent ce qui se passe ici, par un message signé chaque fois. Un message qui "
        "n’arrive pas est envoyé de nouveau pendant trois jours."
    ),
    "address": "adresse",
    "told when": "prévenu quand",
    "last arrived": "dernière arrivée",
    "waiting": "en attente",
    "given up": "abandonné",
    "made by": "créé par",
    "No webhook yet. Make one below: it is told from then on.": (
        "Pas encore de webhook. Créez-en un ci-dessous : il sera prévenu à partir de là."
    ),
    "disabled": "désactivé",
    "failing": "en échec",
    "nothing sent yet": "rien d’envoyé",
    "arriving": "ça arrive",
    "since {when}; the audit trail says why": "depuis le {when} ; le journal dit pourquoi",
    "New webhook": "Nouveau webhook",
    "Change and messages": "Modification et messages",
    "a media is registered": "un média est enregistré",
    "a media is accepted": "un média est accepté",
    "an export ends": "un export se termine",
    "Told when": "Prévenu quand",
    "Address": "Adresse",
    "https://my-domain.org/hook": "https://mon-domaine.org/hook",
    "Secret of **{name}**, shown only here and now:": "Secret de **{name}**, montré seulement ici et maintenant :",
    "Give it to the program that is told. By it that program verifies that a message comes from here, as "
    "Standard Webhooks says; there is a library for every language.": (
        "Donnez-le au programme qui est prévenu. Il lui permet de vérifier qu’un message vient d’ici, comme le veut "
        "Standard Webhooks ; il y a une bibliothèque pour chaque langage."
    ),
    "Send a test message": "Envoyer un message d’essai",
    "A test message is on its way.": "Un message d’essai est en route.",
    "Disable…": "Désactiver…",
    "Disable it": "Le désactiver",
    "**{name}** is told nothing more until it is enabled again; what waits for it is given up.": (
        "**{name}** n’est plus prévenu de rien avant d’être réactivé ; ce qui l’attend est abandonné."
    ),
    "Delete…": "Supprimer…",
    "Delete it": "Le supprimer",
    "**{name}** is told nothing more, and its messages and its secret are gone for good.": (
        "**{name}** n’est plus prévenu de rien ; ses messages et son secret disparaissent pour de bon."
    ),
    # Its messages
    "Latest messages": "Derniers messages",
    "message": "message",
    "attempts": "essais",
    "answer": "réponse",
    "arrived": "arrivé",
    "on its way": "en route",
    "again at {when}": "de nouveau le {when}",
    "Nothing has been sent yet.": "Rien n’a encore été envoyé.",
    "Send those given up again": "Renvoyer ceux qui sont abandonnés",
}

PLURALS: dict[str, tuple[str, str]] = {
    "{n} messages are sent again.": (
        "{n} message est envoyé de nouveau.",
        "{n} messages sont envoyés de nouveau.",
    ),
}

SENTENCES: dict[str, str] = {
    # What is refused
    "An address looks like https://my-domain.org/hook, has no login in it, and at most {} characters.": (
        "Une adresse s’écrit comme https://mon-domaine.org/hook, sans identifiant, en {0:number} caractères au plus."
    ),
    "This address leads into a private network, where nothing is sent. WEBHOOKS_TO_PRIVATE permits it.": (
        "Cette adresse mène à un réseau privé, où rien n’est envoyé. WEBHOOKS_TO_PRIVATE le permet."
    ),
    "The name of a webhook has 1 to 100 printable characters.": (
        "Le nom d’un webhook a de 1 à 100 caractères imprimables."
    ),
    "A webhook is told of media.registered, media.accepted or export.finished.": (
        "Un webhook est prévenu de media.registered, media.accepted ou export.finished."
    ),
    "There are {} webhooks already. Delete one first.": "Il y a déjà {0} webhooks. Supprimez-en d’abord un.",
    "There is no webhook {}.": "Il n’y a pas de webhook {0}.",
    "There is no delivery {}.": "Il n’y a pas d’envoi {0}.",
    "This webhook is disabled, so nothing is sent to it. Enable it first.": (
        "Ce webhook est désactivé : rien ne lui est envoyé. Réactivez-le d’abord."
    ),
    "This message is being sent at this moment. Look again in a while.": (
        "Ce message est en train de partir. Regardez de nouveau dans un moment."
    ),
    # Why a message did not arrive
    "Its name is not known.": "Son nom est inconnu.",
    "Nobody answers there: the connection was refused or cut.": (
        "Personne ne répond là-bas : la connexion a été refusée ou coupée."
    ),
    "It did not answer in time.": "Pas de réponse à temps.",
    "Its certificate cannot be trusted.": "Son certificat n’est pas digne de confiance.",
    "What it answers is not HTTP.": "Ce qui répond ne parle pas HTTP.",
    "It sends on to another address, which is not followed.": (
        "La réponse renvoie à une autre adresse, qui n’est pas suivie."
    ),
    "It answered with an error.": "La réponse est une erreur.",
    "The webhook was disabled before it could be sent.": "Le webhook a été désactivé avant l’envoi.",
}
