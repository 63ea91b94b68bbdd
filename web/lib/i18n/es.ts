import { pluralOf } from './plural.ts';
import type { Translation } from './strings.ts';

const plural = pluralOf<'one' | 'many' | 'other'>('es');
const characters = (count: number): string =>
  plural(count, {
    one: (n) => `${n} carácter`,
    many: (n) => `${n} de caracteres`,
    other: (n) => `${n} caracteres`,
  });

export const strings: Translation = {
  locale: 'es',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'Escribe un nombre',
    'Names must not have more than {count} characters': 'El nombre no puede tener más de {count} caracteres',
    'Names must not change the direction of the text around them':
      'El nombre no puede cambiar la dirección del texto que lo rodea',
    'Names must not contain invisible or control characters':
      'El nombre no puede contener caracteres invisibles ni de control',
    'That name has too many accents': 'El nombre no puede amontonar acentos',
    'Messages must not be empty': 'El mensaje no puede estar vacío',
    'Messages must not have more than {count} characters':
      'El mensaje no puede tener más de {count} caracteres',
    'Cannot set name for unknown user': 'No se puede poner nombre a una persona desconocida',
    'Many people are writing right now. Try again in {duration}':
      'Hay mucha gente escribiendo. Inténtalo de nuevo {in}',
    'Many people are choosing a name right now. Try again in {duration}':
      'Hay mucha gente eligiendo un nombre. Inténtalo de nuevo {in}',
    'Slow down a little. Try again in {duration}': 'Un poco más despacio: espera {duration}',
    'You just sent that. Wait {duration} to send it again':
      'Acabas de enviar eso. Podrás volver a enviarlo {in}',
    'You are already connected {count} times. Close one of your windows first':
      'Ya tienes {count} conexiones. Cierra antes una de tus ventanas',
    'You are banned from this room': 'Tienes prohibida la entrada a esta sala',
    'You are banned from this room: {reason}': 'Tienes prohibida la entrada a esta sala: {reason}',
    'You are muted for another {duration}': 'No puedes escribir durante {duration} más',
    'You are muted for another {duration}: {reason}': 'No puedes escribir durante {duration} más: {reason}',
    'Choose a name first. You can write {duration} later':
      'Elige primero un nombre. Podrás escribir {duration} después',
    'Choose a name first. A moderator then lets you write':
      'Elige primero un nombre. Después, la moderación te dejará escribir',
    'You can write once a moderator approves you': 'Podrás escribir en cuanto la moderación te admita',
    'You are new here. You can write in {duration}': 'Es tu primera vez aquí. Podrás escribir {in}',
    'Only the owner of the room may do this': 'Solo puede hacerlo el propietario de la sala',
    'Only moderators may do this': 'Solo puede hacerlo la moderación',
    'Person not found': 'No se encuentra a esa persona',
    'Message not found': 'No se encuentra el mensaje',
    'Deleted message not found': 'No se encuentra el mensaje eliminado',
    'That message was deleted': 'Ese mensaje se eliminó',
    'A message can be edited at most {count} times': 'Un mensaje se puede editar como máximo {count} veces',
    'You can edit a message for {duration} after sending it':
      'Puedes editar un mensaje durante {duration} después de enviarlo',
    'Choose one emoji': 'Elige un solo emoji',
    'You can add at most {count} reactions to a message':
      'Puedes añadir como máximo {count} reacciones a un mensaje',
    'A message can have at most {count} different reactions':
      'Un mensaje puede tener como máximo {count} reacciones distintas',
    'That message has too many reactions': 'Ese mensaje tiene demasiadas reacciones',
    'Many people are reacting right now. Try again in {duration}':
      'Hay mucha gente reaccionando. Inténtalo de nuevo {in}',
    'At most {count} messages can be pinned. Unpin one first':
      'Se pueden fijar como máximo {count} mensajes. Desfija uno primero',
    'You cannot block yourself': 'No puedes bloquearte a ti mismo',
    'You can block at most {count} people': 'Puedes bloquear como máximo a {count} personas',
    'You have reported that message already': 'Ya has denunciado ese mensaje',
    'You have {count} open reports. Wait until the moderators have closed some':
      'Tienes {count} denuncias abiertas. Espera a que la moderación cierre alguna',
    'There are too many open reports right now': 'Ahora mismo hay demasiadas denuncias abiertas',
    'Report not found': 'No se encuentra la denuncia',
    'Enter what to search for': 'Escribe qué quieres buscar',
    'Searches must not have more than {count} characters':
      'La búsqueda no puede tener más de {count} caracteres',
    'Messages must not be from the future': 'Los mensajes no pueden venir del futuro',
    'Enter how long to mute them': 'Indica cuánto tiempo silenciar a esa persona',
    'They are already a moderator': 'Esa persona ya modera la sala',
    'They are not a moderator': 'Esa persona no modera la sala',
    'They are banned: lift the ban first': 'Esa persona está expulsada: levanta antes la expulsión',
    'They are not muted': 'Esa persona no está silenciada',
    'They are not banned': 'Esa persona no está expulsada',
    'They are not waiting for approval': 'Esa persona no espera ser admitida',
    'Moderators cannot be muted or banned': 'No se puede silenciar ni expulsar a quien modera',
    'Reasons must not have more than {count} characters':
      'El motivo no puede tener más de {count} caracteres',
    'The policy is “open”, “wait” or “approve”': 'La regla es «open», «wait» o «approve»',
    'in config.json': 'de config.json',
    'in your settings': 'de tus ajustes',
    "in this page's URL": 'de la dirección de esta página',
    'that this page was built with': 'de la compilación de esta página',
    'of this chat': 'de este chat',
    'This page could not check whether its site allows the server {server}, set {where}. Reload the page.':
      'Esta página no ha podido comprobar si su sitio permite el servidor {server} ({where}). Recarga la página.',
    'This site does not allow the server {server}, set {where}. If a link brought you here, don’t trust it.':
      'Este sitio no permite el servidor {server} ({where}). Si te ha traído un enlace, no te fíes de él.',
    'The “title” {where} must be a text, such as {example}.':
      'El «title» {where} debe ser un texto, por ejemplo {example}.',
    'The “servers” {where} must be a list of web addresses, such as {example}.':
      'La lista «servers» {where} debe contener direcciones web, por ejemplo {example}.',
    'The “rooms” {where} must be a list of different databases, such as {example}.':
      'La lista «rooms» {where} debe contener bases de datos distintas, por ejemplo {example}.',
    'The config.json beside this page is invalid. It should look like {example}.':
      'El archivo config.json de esta página no es válido. Debería ser como {example}.',
    'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.':
      'Esta página no viene de un servidor web, así que necesita la dirección de uno: añade ?uri=https://… a su dirección.',
    'The server address {where} is not a web address: “{uri}”. Use an address such as https://chat.example.com.':
      'La dirección de servidor {where} no es una dirección web: «{uri}». Usa una como https://chat.example.com.',
    'This secure page cannot use the insecure server “{uri}” set {where}. Use an https address.':
      'Esta página segura no puede usar el servidor no seguro «{uri}» {where}. Usa una dirección https.',
    'The database name “{database}” {where} is invalid. Use lowercase letters, digits and single hyphens, such as {example}.':
      'El nombre de base de datos «{database}» {where} no es válido. Usa minúsculas, cifras y guiones sueltos, por ejemplo {example}.',
  },

  connection: 'Conexión',
  connecting: 'Conectando…',
  connected: 'Conectado',
  reconnecting: 'Reconectando…',
  isOffline: 'Sin conexión',
  isOfflineMore:
    'Tu dispositivo no tiene conexión. Tus mensajes se guardan y se enviarán cuando vuelvas a tenerla.',
  refused: 'Identificación rechazada',
  refusedMore: (server) =>
    `${server} rechaza la identificación guardada en este navegador. Puedes continuar como una persona nueva; tu nombre y tus mensajes anteriores se quedan con la antigua.`,
  closed: 'Desconectado',
  closedMore: 'La conexión se ha cerrado. Vuelve a cargar la página para seguir.',
  noDatabase: 'No existe esa base de datos',
  noDatabaseMore: (server, database) =>
    `${server} no tiene ninguna base de datos llamada «${database}». Revisa el nombre o publica allí el chat.`,
  notAChat: 'No es un chat',
  notAChatMore: (server, database) =>
    `La base de datos «${database}» de ${server} no es un chat, o es uno que esta página no entiende.`,
  noServer: 'Sin servidor de chat',
  noServerMore: (server) =>
    `Esta página aún no está conectada a un servidor de chat: ${server} no lo es. Si la página es tuya, indica como «uri» la dirección de un servidor SpacetimeDB.`,
  notConnected: 'No conectado',
  wrongSettings: 'Los ajustes no son correctos.',
  unreachable: (server) =>
    `No se puede acceder a ${server}. Tus mensajes se guardan y se enviarán cuando vuelva la conexión.`,
  lost: (server) =>
    `Se ha perdido la conexión con ${server}. Tus mensajes se guardan y se enviarán cuando vuelva.`,
  nextTry: (seconds) => `Próximo intento en ${seconds} s.`,
  tryNow: 'Intentar ahora',
  newPerson: 'Continuar como una persona nueva',
  denied: 'Acceso denegado',

  messages: 'Mensajes',
  messageActions: 'Acciones del mensaje',
  noMessages: 'Aún no hay mensajes',
  noMessagesMore: 'Saluda: lo verá toda la sala.',
  nothingYet: 'Aún no hay nada que mostrar',
  nothingYetMore: 'Los mensajes aparecerán aquí cuando funcione la conexión.',
  loadFailed: 'No se han podido cargar los mensajes',
  noReason: 'El servidor no ha dado ningún motivo.',
  beginning: 'Este es el comienzo de la conversación.',
  beginningOf: (room) => `Aquí empieza ${room}.`,
  inviteLink: 'Copiar enlace de invitación',
  loadingOlder: 'Cargando mensajes anteriores…',
  olderFailed: 'No se han podido cargar los mensajes anteriores. Reintentar',
  latest: 'Últimos mensajes',
  unread: (count) =>
    plural(count, {
      one: (n) => `${n} mensaje nuevo`,
      many: (n) => `${n} de mensajes nuevos`,
      other: (n) => `${n} mensajes nuevos`,
    }),
  mentions: (count) => (count === 1 ? '1 mención a ti' : `${count} menciones a ti`),
  hidden: (count) =>
    plural(count, {
      one: (n) => `${n} mensaje no se puede mostrar.`,
      many: (n) => `${n} de mensajes no se pueden mostrar.`,
      other: (n) => `${n} mensajes no se pueden mostrar.`,
    }),
  newMessages: 'Mensajes nuevos',
  you: 'tú',
  showAll: (count) => `Mostrar completo (${characters(count)})`,

  sending: 'Enviando…',
  waiting: 'Se enviará cuando vuelvas a tener conexión.',
  sendsLater: (when) => `Se enviará ${when}.`,
  notSent: 'No enviado.',
  notArrived: 'Algo ha fallado.',
  noConnection: 'No hay conexión.',
  outcomeUnknown:
    'La conexión se perdió antes de que el servidor respondiera; puede que haya llegado de todos modos.',
  tryAgain: 'Reintentar',
  discard: 'Descartar',
  muted: (left) => `No puedes escribir ni cambiar tu nombre durante ${left} más. Puedes seguir leyendo.`,
  reason: 'Motivo: {reason}',

  unsent:
    'No hay conexión, así que no se ha enviado. Se conserva aquí: inténtalo de nuevo cuando tengas conexión.',
  mayHaveArrived:
    'La conexión se perdió antes de que el servidor respondiera. Puede que haya llegado o no: compruébalo antes de enviarlo otra vez.',
  failed: (reason) => `No ha funcionado: ${reason}`,

  write: 'Escribe un mensaje',
  message: 'Mensaje',
  send: 'Enviar',
  keys: '{Intro} envía, {Mayús + Intro} empieza una línea nueva',
  charactersLeft: (count) => `Quedan: ${characters(count)}`,
  charactersOver: (count) => `Sobran: ${characters(count)}`,
  emoji: 'Emoji',
  suggestions: 'Sugerencias',
  everyone: 'Avisa a todos los de la sala',
  replyingTo: 'Respuesta a {name}',
  cancelReply: 'Cancelar la respuesta',
  editing: 'Editando el mensaje',
  cancelEditing: 'Cancelar la edición',
  looksLikeCode: 'Esto parece código.',
  formatAsCode: 'Convertir en bloque de código',
  textOnly: 'Esta sala solo admite texto. Para compartir una imagen, pega un enlace.',
  isTyping: '{name} está escribiendo…',
  areTyping: '{name} y {other} están escribiendo…',
  severalTyping: 'Varias personas están escribiendo…',

  yourName: 'Tu nombre',
  welcome: '¡Hola!',
  welcomeMore: '¿Cómo te llamas?',
  join: 'Participar',
  skip: 'Seguir en anonimato',
  save: 'Guardar',
  saving: 'Guardando…',
  cancel: 'Cancelar',
  writingAs: 'Escribes como {name}',
  chooseName: 'Elegir un nombre',
  nameTaken: (name) => `${name} ya está en uso.`,
  tryName: 'Usar {name}',
  changeName: 'Cambiar tu nombre',
  change: 'Cambiar',

  people: 'Personas',
  online: 'En línea',
  offline: 'Sin conexión',
  searchPeople: 'Buscar personas',
  nobody: (sought) => `Nadie coincide con «${sought}».`,
  showMore: (count) => `Mostrar más (${count})`,
  nameless: (count) =>
    plural(count, {
      one: (n) => `${n} persona sin nombre`,
      many: (n) => `${n} de personas sin nombre`,
      other: (n) => `${n} personas sin nombre`,
    }),
  owner: 'Propietario',
  moderator: 'Moderador',
  memberSince: (date) => `Aquí desde el ${date}`,
  mention: 'Mencionar',
  copyId: 'Copiar ID',
  copyCode: 'Copiar el código',
  copied: 'Copiado',
  notCopied: 'No copiado',
  joined: '{name} ha llegado',
  left: '{name} se ha ido',
  renamed: '{was} ahora se llama {name}',

  close: 'Cerrar',

  onlyHere:
    'Solo este navegador puede iniciar tu sesión. Guarda tu clave de acceso para poder volver si se pierde.',
  deletedUnvisited: 'Este navegador la borra tras 7 días de uso sin visitar esta página.',
  showKey: 'Mostrar la clave',
  notNow: 'Ahora no',

  chat: 'Chat',
  openChat: 'Abrir el chat',
  closeChat: 'Cerrar el chat',
  settings: 'Ajustes',
  search: 'Buscar mensajes',
  panelFailed: 'No se ha podido cargar. Inténtalo de nuevo cuando vuelvas a tener conexión.',
  dismiss: 'Ocultar',
  notSetUp: 'Esta página no está bien configurada',
  notAllowed: 'Este servidor no está permitido aquí',
  useOwnServer: 'Usar el servidor de este sitio',
  onServer: (server) => `en ${server}`,
  onServerMore: 'Este no es el servidor propio de esta página.',
};
