import { pluralOf } from './plural.ts';
import type { Translation } from './strings.ts';

const plural = pluralOf<'zero' | 'one' | 'two' | 'few' | 'many' | 'other'>('ar');
const characters = (count: number): string =>
  plural(count, {
    zero: () => 'لا أحرف',
    one: () => 'حرف واحد',
    two: () => 'حرفان',
    few: (n) => `${n} أحرف`,
    many: (n) => `${n} حرفًا`,
    other: (n) => `${n} حرف`,
  });

export const strings: Translation = {
  locale: 'ar',
  dir: 'rtl',
  translated: {
    'Names must not be empty': 'أدخل اسمًا',
    'Names must not have more than {count} characters': 'يجب ألا يزيد الاسم على {count} حرفًا',
    'Names must not change the direction of the text around them': 'يجب ألا يغيّر الاسم اتجاه النص المحيط به',
    'Names must not contain invisible or control characters':
      'يجب ألا يحتوي الاسم على محارف خفية أو محارف تحكم',
    'That name has too many accents': 'يجب ألا تتراكم علامات التشكيل في الاسم',
    'Messages must not be empty': 'يجب ألا تكون الرسالة فارغة',
    'Messages must not have more than {count} characters': 'يجب ألا تزيد الرسالة على {count} حرف',
    'Cannot set name for unknown user': 'لا يمكن تعيين اسم لشخص غير معروف',
    'Many people are writing right now. Try again in {duration}': 'يكتب كثيرون الآن. حاول مجددًا {in}',
    'Many people are choosing a name right now. Try again in {duration}':
      'يختار كثيرون أسماءهم الآن. حاول مجددًا {in}',
    'Slow down a little. Try again in {duration}': 'تمهّل قليلًا. يمكنك المتابعة {in}',
    'You just sent that. Wait {duration} to send it again': 'أرسلت هذا للتو. يمكنك إرساله مجددًا {in}',
    'You are already connected {count} times. Close one of your windows first':
      'عدد اتصالاتك المفتوحة {count}. أغلق إحدى نوافذك أولًا',
    'You are banned from this room': 'أنت محظور من هذه الغرفة',
    'You are banned from this room: {reason}': 'أنت محظور من هذه الغرفة: {reason}',
    'You are muted for another {duration}': 'كتمك مستمر، والمدة المتبقية: {duration}',
    'You are muted for another {duration}: {reason}':
      'كتمك مستمر، والمدة المتبقية: {duration}. السبب: {reason}',
    'Choose a name first. You can write {duration} later': 'اختر اسمًا أولًا، ثم يمكنك الكتابة {in} من ذلك',
    'Choose a name first. A moderator then lets you write':
      'اختر اسمًا أولًا، ثم يسمح لك أحد المشرفين بالكتابة',
    'You can write once a moderator approves you': 'يمكنك الكتابة بعد موافقة أحد المشرفين',
    'You are new here. You can write in {duration}': 'أنت جديد هنا. يمكنك الكتابة {in}',
    'Only the owner of the room may do this': 'هذا الإجراء لمالك الغرفة وحده',
    'Only moderators may do this': 'هذا الإجراء للمشرفين وحدهم',
    'Person not found': 'لم يُعثر على هذا الشخص',
    'Message not found': 'لم يُعثر على الرسالة',
    'Deleted message not found': 'لم يُعثر على الرسالة المحذوفة',
    'That message was deleted': 'حُذفت هذه الرسالة',
    'A message can be edited at most {count} times': 'يمكن تعديل الرسالة {count} مرة على الأكثر',
    'You can edit a message for {duration} after sending it':
      'يمكنك تعديل الرسالة خلال {duration} من إرسالها',
    'Choose one emoji': 'اختر رمزًا تعبيريًا واحدًا',
    'You can add at most {count} reactions to a message':
      'يمكنك إضافة {count} من التفاعلات على الأكثر إلى الرسالة',
    'A message can have at most {count} different reactions':
      'يمكن أن تحمل الرسالة {count} من التفاعلات المختلفة على الأكثر',
    'That message has too many reactions': 'على هذه الرسالة تفاعلات كثيرة جدًا',
    'Many people are reacting right now. Try again in {duration}': 'يتفاعل كثيرون الآن. حاول مجددًا {in}',
    'At most {count} messages can be pinned. Unpin one first':
      'يمكن تثبيت {count} من الرسائل على الأكثر. ألغِ تثبيت واحدة أولًا',
    'You cannot block yourself': 'لا يمكنك حظر نفسك',
    'You can block at most {count} people': 'يمكنك حظر {count} من الأشخاص على الأكثر',
    'You have reported that message already': 'سبق أن أبلغت عن هذه الرسالة',
    'You have {count} open reports. Wait until the moderators have closed some':
      'لديك {count} من البلاغات المفتوحة. انتظر حتى يغلق المشرفون بعضها',
    'There are too many open reports right now': 'توجد بلاغات مفتوحة كثيرة جدًا الآن',
    'Report not found': 'لم يُعثر على البلاغ',
    'Enter what to search for': 'أدخل ما تريد البحث عنه',
    'Searches must not have more than {count} characters': 'يجب ألا يزيد عدد أحرف البحث على {count}',
    'Messages must not be from the future': 'يجب ألا تكون الرسائل من المستقبل',
    'Enter how long to mute them': 'حدّد مدة الكتم',
    'They are already a moderator': 'هذا الشخص مشرف بالفعل',
    'They are not a moderator': 'هذا الشخص ليس مشرفًا',
    'They are banned: lift the ban first': 'هذا الشخص محظور: ارفع الحظر أولًا',
    'They are not muted': 'هذا الشخص ليس مكتومًا',
    'They are not banned': 'هذا الشخص ليس محظورًا',
    'They are not waiting for approval': 'هذا الشخص لا ينتظر الموافقة',
    'Moderators cannot be muted or banned': 'لا يمكن كتم المشرفين أو حظرهم',
    'Reasons must not have more than {count} characters': 'يجب ألا يزيد عدد أحرف السبب على {count}',
    'The policy is “open”, “wait” or “approve”': 'القاعدة هي «open» أو «wait» أو «approve»',
    'in config.json': 'في config.json',
    'in your settings': 'في إعداداتك',
    "in this page's URL": 'في عنوان هذه الصفحة',
    'that this page was built with': 'المحدد عند بناء هذه الصفحة',
    'of this chat': 'لهذه المحادثة',
    'This page could not check whether its site allows the server {server}, set {where}. Reload the page.':
      'تعذر على هذه الصفحة التحقق من أن موقعها يسمح بالخادم {server} ({where}). أعد تحميل الصفحة.',
    'This site does not allow the server {server}, set {where}. If a link brought you here, don’t trust it.':
      'لا يسمح هذا الموقع بالخادم {server} ({where}). إن أوصلك رابط إلى هنا فلا تثق به.',
    'The “title” {where} must be a text, such as {example}.':
      'يجب أن يكون «title» {where} نصًا، مثل {example}.',
    'The “servers” {where} must be a list of web addresses, such as {example}.':
      'يجب أن تكون قائمة «servers» {where} عناوين ويب، مثل {example}.',
    'The config.json beside this page is invalid. It should look like {example}.':
      'ملف config.json المرافق لهذه الصفحة غير صالح. ينبغي أن يكون هكذا: {example}.',
    'This page was not loaded from a web server, so it needs a server address: add ?uri=https://… to its URL.':
      'لم تُحمَّل هذه الصفحة من خادم ويب، لذا تحتاج إلى عنوان خادم: أضف ?uri=https://… إلى عنوانها.',
    'The server address {where} is not a web address: “{uri}”. Use an address such as https://chat.example.com.':
      'عنوان الخادم {where} ليس عنوان ويب: «{uri}». استخدم عنوانًا مثل https://chat.example.com.',
    'This secure page cannot use the insecure server “{uri}” set {where}. Use an https address.':
      'لا يمكن لهذه الصفحة الآمنة استخدام الخادم غير الآمن «{uri}» {where}. استخدم عنوان https.',
    'The database name “{database}” {where} is invalid. Use lowercase letters, digits and single hyphens, such as {example}.':
      'اسم قاعدة البيانات «{database}» {where} غير صالح. استخدم أحرفًا لاتينية صغيرة وأرقامًا وشرطات مفردة، مثل {example}.',
  },

  connection: 'الاتصال',
  connecting: 'جارٍ الاتصال…',
  connected: 'متصل',
  reconnecting: 'جارٍ إعادة الاتصال…',
  isOffline: 'غير متصل',
  isOfflineMore: 'جهازك غير متصل بالشبكة. رسائلك محفوظة وستُرسل عند عودة الاتصال.',
  refused: 'رُفض تسجيل الدخول',
  refusedMore: (server) =>
    `يرفض ${server} تسجيل الدخول المحفوظ في هذا المتصفح. يمكنك المتابعة كشخص جديد، ويبقى اسمك ورسائلك السابقة مع الشخص القديم.`,
  closed: 'انقطع الاتصال',
  closedMore: 'أُغلق الاتصال. أعد تحميل الصفحة لمتابعة المحادثة.',
  noDatabase: 'لا توجد قاعدة بيانات كهذه',
  noDatabaseMore: (server, database) =>
    `لا توجد على ${server} قاعدة بيانات باسم «${database}». تحقق من الاسم أو انشر المحادثة هناك.`,
  notAChat: 'ليست دردشة',
  notAChatMore: (server, database) =>
    `قاعدة البيانات «${database}» على ${server} ليست دردشة، أو أنها دردشة لا تفهمها هذه الصفحة.`,
  noServer: 'لا يوجد خادم محادثة',
  noServerMore: (server) =>
    `هذه الصفحة غير متصلة بخادم محادثة بعد: ${server} ليس خادم محادثة. إذا كانت هذه صفحتك فاضبط «uri» على عنوان خادم SpacetimeDB.`,
  notConnected: 'غير متصل',
  wrongSettings: 'الإعدادات غير صحيحة.',
  unreachable: (server) => `يتعذر الوصول إلى ${server}. رسائلك محفوظة وستُرسل عند عودة الاتصال.`,
  lost: (server) => `انقطع الاتصال بـ ${server}. رسائلك محفوظة وستُرسل عند عودته.`,
  nextTry: (seconds) => `المحاولة التالية بعد ${seconds} ث.`,
  tryNow: 'حاول الآن',
  newPerson: 'المتابعة كشخص جديد',
  denied: 'رُفض الدخول',

  messages: 'الرسائل',
  noMessages: 'لا رسائل بعد',
  noMessagesMore: 'ألقِ التحية: سيراها كل من في الغرفة.',
  nothingYet: 'لا شيء لعرضه بعد',
  nothingYetMore: 'تظهر الرسائل هنا عندما يعمل الاتصال.',
  loadFailed: 'تعذر تحميل الرسائل',
  noReason: 'لم يذكر الخادم سببًا.',
  beginning: 'هذه بداية المحادثة.',
  beginningOf: (room) => `هذه بداية ${room}.`,
  inviteLink: 'نسخ رابط الدعوة',
  loadingOlder: 'جارٍ تحميل الرسائل السابقة…',
  olderFailed: 'تعذر تحميل الرسائل السابقة. حاول مجددًا',
  latest: 'أحدث الرسائل',
  unread: (count) =>
    plural(count, {
      zero: () => 'لا رسائل جديدة',
      one: () => 'رسالة جديدة واحدة',
      two: () => 'رسالتان جديدتان',
      few: (n) => `${n} رسائل جديدة`,
      many: (n) => `${n} رسالة جديدة`,
      other: (n) => `${n} رسالة جديدة`,
    }),
  hidden: (count) =>
    plural(count, {
      zero: () => 'كل الرسائل معروضة.',
      one: () => 'لا يمكن عرض رسالة واحدة.',
      two: () => 'لا يمكن عرض رسالتين.',
      few: (n) => `لا يمكن عرض ${n} رسائل.`,
      many: (n) => `لا يمكن عرض ${n} رسالة.`,
      other: (n) => `لا يمكن عرض ${n} رسالة.`,
    }),
  newMessages: 'رسائل جديدة',
  you: 'أنت',
  showAll: (count) => `عرض النص كاملًا (${characters(count)})`,

  sending: 'جارٍ الإرسال…',
  waiting: 'ستُرسل عند عودة الاتصال.',
  sendsLater: (when) => `ستُرسَل ${when}.`,
  notSent: 'لم تُرسل.',
  notArrived: 'حدث خطأ ما.',
  noConnection: 'لا يوجد اتصال.',
  outcomeUnknown: 'انقطع الاتصال قبل أن يجيب الخادم، فقد تكون الرسالة وصلت رغم ذلك.',
  tryAgain: 'حاول مجددًا',
  discard: 'تجاهل',
  muted: (left) => `أنت مكتوم، والمدة المتبقية: ${left}. يمكنك القراءة دون الكتابة أو تغيير اسمك.`,
  reason: 'السبب: {reason}',

  unsent: 'لا يوجد اتصال، لذا لم يُرسل هذا. إنه محفوظ هنا: حاول مجددًا عندما تكون متصلًا.',
  mayHaveArrived: 'انقطع الاتصال قبل أن يجيب الخادم. قد يكون هذا وصل أو لم يصل: تحقق قبل أن ترسله مجددًا.',
  failed: (reason) => `لم ينجح ذلك: ${reason}`,

  write: 'اكتب رسالة',
  message: 'رسالة',
  send: 'إرسال',
  keys: '{Enter} للإرسال، {Shift + Enter} لسطر جديد',
  charactersLeft: (count) => `المتبقي: ${characters(count)}`,
  charactersOver: (count) => `الزائد: ${characters(count)}`,

  yourName: 'اسمك',
  welcome: 'مرحبًا!',
  welcomeMore: 'ما اسمك؟',
  join: 'انضمام',
  skip: 'البقاء مجهولًا',
  save: 'حفظ',
  saving: 'جارٍ الحفظ…',
  cancel: 'إلغاء',
  writingAs: 'تكتب باسم {name}',
  chooseName: 'اختر اسمًا',
  nameTaken: (name) => `الاسم \u2068${name}\u2069 مستخدَم بالفعل.`,
  tryName: 'استخدم {name}',
  changeName: 'تغيير اسمك',
  change: 'تغيير',

  people: 'الأشخاص',
  online: 'متصلون',
  offline: 'غير متصلين',
  searchPeople: 'ابحث عن شخص',
  nobody: (sought) => `لا أحد يطابق «${sought}».`,
  showMore: (count) => `عرض المزيد (${count})`,
  nameless: (count) =>
    plural(count, {
      zero: () => 'لا أحد بلا اسم',
      one: () => 'شخص واحد بلا اسم',
      two: () => 'شخصان بلا اسم',
      few: (n) => `${n} أشخاص بلا اسم`,
      many: (n) => `${n} شخصًا بلا اسم`,
      other: (n) => `${n} شخص بلا اسم`,
    }),
  owner: 'المالك',
  moderator: 'مشرف',
  memberSince: (date) => `هنا منذ ${date}`,
  mention: 'إشارة',
  copyId: 'نسخ المعرّف',
  copied: 'نُسخت',
  notCopied: 'لم تُنسخ',
  joined: 'انضم {name}',
  left: 'غادر {name}',
  renamed: 'صار اسم {was} الآن {name}',

  close: 'إغلاق',

  onlyHere: 'هذا المتصفح وحده يمكنه تسجيل دخولك. احفظ مفتاح الدخول لتتمكن من العودة إذا فُقد.',
  deletedUnvisited: 'يحذفه هذا المتصفح بعد 7 أيام من الاستخدام دون زيارة هذه الصفحة.',
  showKey: 'عرض المفتاح',
  notNow: 'ليس الآن',

  chat: 'محادثة',
  openChat: 'افتح المحادثة',
  closeChat: 'أغلق المحادثة',
  settings: 'الإعدادات',
  panelFailed: 'تعذر التحميل. حاول مجددًا عندما تعود متصلًا.',
  dismiss: 'إخفاء',
  notSetUp: 'هذه الصفحة غير مهيأة على نحو صحيح',
  notAllowed: 'هذا الخادم غير مسموح به هنا',
  useOwnServer: 'استخدام خادم هذا الموقع',
  onServer: (server) => `على \u2068${server}\u2069`,
  onServerMore: 'ليس هذا خادم هذه الصفحة الأصلي.',
};
