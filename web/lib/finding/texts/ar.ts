import type { FindingTexts } from './en.ts';

export const texts: FindingTexts = {
  rooms: 'الغرف',
  switchRoom: 'تبديل الغرفة',
  noSuchRoom: (room) => `لا توجد هنا غرفة باسم «${room}». أنت في غرفة أخرى.`,

  searchMessages: 'البحث في الرسائل',
  searchHint: 'يجد الرسائل التي تحتوي كل هذه الكلمات.',
  searching: 'جارٍ البحث…',
  found: (count) => `الرسائل التي عُثر عليها: ${count}`,
  newestFound: (count) => `أحدث الرسائل، وعددها ${count}`,
  nothingFound: (sought) => `لا توجد رسائل تطابق «${sought}».`,
  showMore: 'عرض المزيد',
  searchFailed: 'تعذّر البحث.',
  onlyLoaded: 'يشمل البحث الرسائل المحمّلة هنا فقط.',
  goToDate: 'الانتقال إلى تاريخ',
  go: 'انتقال',
  dateFailed: 'تعذّر تحميل رسائل ذلك اليوم.',
  nothingSince: 'لا توجد رسائل في ذلك اليوم ولا بعده.',

  openingMessage: 'جارٍ فتح الرسالة…',
  messageGone: 'حُذفت هذه الرسالة أو أنها أقدم مما تحتفظ به الغرفة.',
  messageFailed: 'تعذّر فتح الرسالة.',
  noLinks: 'لا يستطيع هذا الخادم العثور على الرسائل عبر رابط.',

  pinned: 'مثبّتة',
  pinnedMessages: 'الرسائل المثبّتة',
  showPinned: (count) => `عرض الرسائل المثبّتة (${count})`,
  goToPinned: 'الانتقال إلى هذه الرسالة المثبّتة',
  unpin: 'إلغاء التثبيت',
  unpinMessage: (author) => `إلغاء تثبيت هذه الرسالة من ${author}`,
  nothingPinned: 'لا شيء مثبّت الآن.',
};
