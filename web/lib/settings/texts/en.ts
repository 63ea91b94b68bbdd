/** The texts of the settings and of the list of keyboard shortcuts. */
export const en = {
  appearance: 'Appearance',
  theme: 'Theme',
  system: 'System',
  light: 'Light',
  dark: 'Dark',
  density: 'Density',
  comfortable: 'Comfortable',
  compact: 'Compact',
  clock: 'Time of day',
  hours12: '12 h',
  hours24: '24 h',
  language: 'Language',
  automatic: 'Automatic',
  changes: 'Joins, leaves and renames',
  changesMore: 'Show them between the messages.',
  alerts: 'Alerts',
  notifications: 'Notifications',
  notificationsMore: 'Show messages that arrive while this page is in the background.',
  notificationsBlocked: 'This browser blocks notifications. Allow them in its settings for this site.',
  sound: 'Sound',
  soundMore: 'Play a short sound for new messages.',
  server: 'Server',
  serverMore: 'Leave empty for the default. Saving reloads the page.',
  serverOverridden: 'This page’s URL sets a server or database. Saving removes them from the URL.',
  address: 'Address',
  database: 'Database',
  save: 'Save',
  identity: 'Your identity',
  identityMore: 'This browser stores a sign-in key for you. There is no password.',
  /** `{identity}` is the identity. */
  yourIdentityIs: 'Your identity is {identity}.',
  /** `short` is the start and the end of the identity. */
  copyYourIdentity: (short: string) => `Copy your identity, ${short}`,
  copyKey: 'Copy sign-in key',
  useKey: 'Use another key',
  signOut: 'Sign out',
  noKeyYet: 'There is no sign-in key yet. Connect first.',
  /** The part in braces is bold, as in the other warnings. */
  exportWarning:
    'Anyone with this key {can post as you}, and it can’t be revoked. Keep it secret, like a password.',
  yourKey: 'Your sign-in key',
  copyYourKey: 'Copy your sign-in key',
  copy: 'Copy',
  notAKey: 'That doesn’t look like a sign-in key. A key has two dots in it.',
  keyRefused: 'The server doesn’t accept this key. You are still signed in as before.',
  importWarning:
    'You’ll switch to the key’s identity. Your current identity is {lost for good} unless you have copied its key.',
  key: 'Sign-in key',
  switch: 'Switch',
  signOutWarning:
    'You’ll continue as a new, anonymous person, and others may take your name. Your messages stay, but your current identity is {lost for good} unless you have copied its key.',
  forget: 'Sign out and forget this identity',
  shortcuts: 'Keyboard shortcuts',
  whileWriting: 'While writing',
  /** The parts in braces are what one types. */
  formatting:
    'Format with {**bold**}, {*italic*}, {~~strike~~}, {`code`}, {> quote} and {- list}. Put {```} around a block of code.',
  elsewhere: 'Anywhere else',
  sendMessage: 'Send the message',
  newLine: 'Start a new line',
  closeOrCancel: 'Close a dialog or cancel',
  write: 'Write a message',
  latest: 'Go to the latest messages',
  seePeople: 'See who is here',
  rename: 'Change your name',
  openSettings: 'Open the settings',
  showShortcuts: 'Show this list',
  shortcutsMore:
    'Turn them off if you use voice control or press keys by accident. The settings button still works.',
  signInTitle: 'Sign in as the owner',
  /** `{name}` is the person's name. */
  signInWarning:
    'You’re {name} in this browser. To come back as {name} later, first copy your sign-in key in the settings: without it, that identity is lost for good.',
  signInLinkUsed:
    'This sign-in link was already used, or the server has been restarted since. Restart the server for a new link.',
  serverUnreachable: 'Couldn’t reach the server. Try again in a moment.',
};

export type SettingsTexts = typeof en;
