import { pluralOf } from './plural.ts';
import type { Strings } from './strings.ts';

const plural = pluralOf<'one' | 'many' | 'other'>('es');
const characters = (count: number): string =>
  plural(count, {
    one: (n) => `${n} carácter`,
    many: (n) => `${n} de caracteres`,
    other: (n) => `${n} caracteres`,
  });

export const strings: Strings = {
  locale: 'es',
  dir: 'ltr',
  translated: {
    'Names must not be empty': 'El nombre no puede estar vacío',
    'Names must not have more than 32 characters': 'El nombre no puede tener más de 32 caracteres',
    'Names must not change the direction of the text around them':
      'El nombre no puede cambiar la dirección del texto que lo rodea',
    'Names must not contain invisible or control characters':
      'El nombre no puede contener caracteres invisibles ni de control',
    'That name has too many accents': 'El nombre no puede amontonar acentos',
    'Messages must not be empty': 'El mensaje no puede estar vacío',
    'Messages must not have more than 2000 characters': 'El mensaje no puede tener más de 2000 caracteres',
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
  notConnected: 'No conectado',
  wrongSettings: 'Los ajustes no son correctos.',
  unreachable: (server) =>
    `No se puede acceder a ${server}. Tus mensajes se guardan y se enviarán cuando vuelva la conexión.`,
  lost: (server) =>
    `Se ha perdido la conexión con ${server}. Tus mensajes se guardan y se enviarán cuando vuelva.`,
  nextTry: (seconds) => `Próximo intento en ${seconds} s.`,
  tryNow: 'Intentar ahora',
  newPerson: 'Continuar como una persona nueva',

  messages: 'Mensajes',
  noMessages: 'Aún no hay mensajes',
  noMessagesMore: 'Saluda: lo verá toda la sala.',
  nothingYet: 'Aún no hay nada que mostrar',
  nothingYetMore: 'Los mensajes aparecerán aquí cuando funcione la conexión.',
  loadFailed: 'No se han podido cargar los mensajes',
  noReason: 'El servidor no ha dado ningún motivo.',
  beginning: 'Este es el comienzo de la conversación.',
  loadingOlder: 'Cargando mensajes anteriores…',
  olderFailed: 'No se han podido cargar los mensajes anteriores. Reintentar',
  latest: 'Últimos mensajes',
  unread: (count) =>
    plural(count, {
      one: (n) => `${n} mensaje nuevo`,
      many: (n) => `${n} de mensajes nuevos`,
      other: (n) => `${n} mensajes nuevos`,
    }),
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
  copyIdentity: (person) => `Copiar la identidad de ${person}`,
  copy: 'copiar',
  copied: 'Copiado',
  notCopied: 'No copiado',
  joined: '{name} ha llegado',
  left: '{name} se ha ido',
  renamed: '{was} ahora se llama {name}',

  chat: 'Chat',
  openChat: 'Abrir el chat',
  closeChat: 'Cerrar el chat',
  notSetUp: 'Esta página no está bien configurada',
  notAllowed: 'Este servidor no está permitido aquí',
  onServer: (server) => `en ${server}`,
  onServerMore: 'Este no es el servidor propio de esta página.',
};
