/** A title as it stands inside a sentence: Lead becomes lead, but CRM and 线索 stay. */
export function inSentence(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
