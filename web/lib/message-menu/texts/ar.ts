import { en, type MessageTexts } from './en.ts';

export const texts: MessageTexts = en;
