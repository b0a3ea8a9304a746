// What holders read, in French.
import type { Messages } from './en.ts'

export const fr: Messages = {
  lang: 'fr',
  dir: 'ltr',
  laptop: 'Ordinateur portable : cette installation sert à faire des essais.',
  simulated: 'Simulé : ceci vient d’un substitut, et aucun vrai portefeuille ne l’accepte.',
  notFound: {
    title: 'Il n’y a rien ici',
    text: 'Le lien est incomplet, ou sa destination n’existe plus. Demandez-en un autre à la personne qui l’a envoyé.',
  },
  refreshes: 'Cette page s’actualise toute seule.',
  copyLabel: 'Ou copiez le lien dans votre portefeuille',
  copy: 'Copier',
  copied: 'Copié',
  scan: 'Scannez ceci avec votre portefeuille',
  open: 'Ouvrir dans un portefeuille sur cet appareil',
  timeLeft: 'Temps restant',
  until: 'jusqu’au',
  technical: 'Si cela se reproduit, indiquez ce mot :',
  offer: {
    title: (issuer) => `${issuer} vous propose une attestation`,
    qrAlt: (issuer) => `Code QR : lien vers l’offre de ${issuer}`,
    what: 'Ce que vous recevez',
    pin: (length) => `Votre portefeuille demandera un code de ${length} caractères.`,
    pinWhere: 'Il arrive par une autre voie que ce lien et ne figure jamais sur cette page.',
    triesLeft: (tries) => `Essais restants pour le code : ${tries}`,
    steps: {
      created: 'En attente',
      retrieved: 'Scannée',
      authorized: 'Code accepté',
      issued: 'Délivrée',
      accepted: 'Acceptée',
    },
    states: {
      created: [
        'En attente de votre portefeuille',
        'Scannez le code, ou ouvrez le lien sur cet appareil.',
      ],
      retrieved: ['Votre portefeuille a lu l’offre', 'Continuez dans votre portefeuille.'],
      authorized: ['Le code est accepté', 'Votre portefeuille récupère l’attestation.'],
      deferred: [
        'En attente de l’émetteur',
        'L’émetteur doit encore donner son accord. Votre portefeuille la récupérera ensuite ; vous pouvez fermer cette page.',
      ],
      issued: [
        'L’attestation est délivrée',
        'Votre portefeuille l’a, sans l’avoir encore confirmée.',
      ],
      accepted: [
        'L’attestation est dans votre portefeuille',
        'C’est terminé, vous pouvez fermer cette page.',
      ],
      failed: ['Cela n’a pas fonctionné', 'Cette offre ne peut plus être utilisée.'],
      denied: ['L’offre a été retirée', 'L’émetteur l’a reprise.'],
      expired: ['L’offre a expiré', 'Son délai est passé.'],
    },
    errors: {
      'tx-code-tries':
        'Le code a été faux trop souvent. Pour votre sécurité, l’offre est terminée.',
      'member-ended': 'Votre adhésion a pris fin.',
      credential_failure: 'Votre portefeuille n’a pas pu conserver l’attestation.',
      credential_deleted: 'L’attestation a été refusée dans le portefeuille.',
    },
    again: (issuer) => `Demandez une nouvelle offre à ${issuer}.`,
    ask: 'Demander une nouvelle offre',
    asked: (issuer) =>
      `${issuer} sait que vous demandez une nouvelle offre. Dès qu’il y en aura une, cette page y mènera.`,
    next: 'Une nouvelle offre la remplace',
    statusOf: (name) => `Vérifier si ${name} est valable`,
  },
  credential: {
    title: 'Votre attestation',
    from: 'Délivrée par',
    issued: 'Délivrée le',
    expires: 'Valable jusqu’au',
    changed: 'Modifiée le',
    states: {
      valid: ['Valable', 'Les vérificateurs l’acceptent.'],
      suspended: [
        'Suspendue',
        'Les vérificateurs ne l’acceptent pas pour l’instant. Elle peut redevenir valable.',
      ],
      invalid: ['Révoquée', 'Les vérificateurs ne l’acceptent plus, et c’est définitif.'],
      expired: ['Expirée', 'Son délai est passé ; les vérificateurs ne l’acceptent plus.'],
    },
    why: 'Pourquoi',
    reasons: {
      'device-lost': 'Un appareil a été déclaré perdu ou volé.',
      'data-changed': 'Son contenu n’est plus à jour.',
      'not-entitled': 'La raison de sa délivrance n’existe plus.',
      'issued-in-error': 'Elle a été délivrée par erreur.',
      'wallet-gave-up': 'Le portefeuille ne l’a pas conservée.',
      'membership-ended': 'L’adhésion a pris fin.',
      other: 'L’émetteur en a décidé ainsi.',
    },
    again: (issuer) => `S’il vous en faut une autre, demandez une nouvelle offre à ${issuer}.`,
    nothingElse:
      'Ce que l’attestation dit de vous est dans votre portefeuille et non sur cette page.',
  },
  presentation: {
    title: (verifier) => `${verifier} demande une attestation`,
    qrAlt: (verifier) => `Code QR : lien vers la demande de ${verifier}`,
    why: 'Pourquoi',
    what: 'Ce qui est demandé',
    having: 'Que vous l’avez, et ce qu’elle révèle toujours',
    everything: 'Tout son contenu',
    onlyIf: (values) => `seulement si la valeur est : ${values}`,
    oneOf:
      'Une seule des possibilités ci-dessous suffit ; vous choisissez dans votre portefeuille.',
    decide: 'Rien n’est envoyé avant votre accord dans le portefeuille.',
    crossDevice:
      'Ne continuez que si vous venez de commencer cela vous-même. Quelqu’un qui vous montre un code étranger pourrait agir en votre nom.',
    begin: 'Continuer dans ce navigateur',
    beginText: 'La réponse de votre portefeuille compte dans le navigateur où vous avez commencé.',
    elsewhere: [
      'Commencé dans un autre navigateur',
      'Continuez dans le navigateur où vous avez commencé, ou demandez une nouvelle demande.',
    ],
    notHere: [
      'Ce n’est pas ici que cela a commencé',
      'Votre portefeuille a répondu, mais ce navigateur n’avait rien demandé : rien n’a été présenté à personne. Si vous avez scanné ou ouvert le lien de quelqu’un d’autre, ne continuez pas. Sinon, rouvrez la page dans le navigateur où vous avez commencé.',
    ],
    openHere: 'Ouvrez le lien sur cet appareil.',
    back: 'Votre portefeuille a répondu. Revenez-y, et laissez-le rouvrir ce navigateur.',
    again: (verifier) => `Recommencez auprès de ${verifier}.`,
    states: {
      pending: [
        'En attente de votre portefeuille',
        'Scannez le code, ou ouvrez le lien sur cet appareil.',
      ],
      retrieved: ['Votre portefeuille a lu la demande', 'Continuez dans votre portefeuille.'],
      verified: ['Vérifié', 'C’est terminé, vous pouvez fermer cette page.'],
      rejected: ['Refusé', 'Ce que le portefeuille a envoyé n’a pas été accepté.'],
      expired: ['La demande a expiré', 'Son délai est passé.'],
    },
    faults: {
      denied: 'La demande a été refusée dans le portefeuille.',
      untrusted: 'L’émetteur de l’attestation n’est pas reconnu ici.',
      expired: 'L’attestation a expiré, ou n’est pas encore valable.',
      revoked: 'L’attestation a été révoquée.',
      suspended: 'L’attestation est suspendue.',
      incomplete: 'Ce n’était pas ce qui était demandé.',
      forbidden: 'L’attestation est authentique, mais ne permet pas cela ici.',
      technical: 'Elle n’a pas pu être vérifiée.',
    },
  },
}
