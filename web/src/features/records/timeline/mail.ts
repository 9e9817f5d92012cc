/** Longer links are cut by mail programs. */
const longestLink = 2000;

/** A mail that is written here and sent by the person's own mail program. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** The link that opens a mail in the mail program; null when a mail is too long for one. */
export function mailLink({ to, subject, text }: Mail): string | null {
  const parts = [subject && `subject=${encoded(subject)}`, text && `body=${encoded(text)}`];
  const asked = parts.filter(Boolean).join("&");
  const link = `mailto:${encodeURIComponent(to)}${asked && `?${asked}`}`;
  return link.length > longestLink ? null : link;
}

/** A line ends as RFC 6068 says. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\r?\n/g, "\r\n"));
}

/** What a note on a timeline says of a mail: the subject line, and the text below it. */
export function mailNote(mail: Mail, heading: string): string {
  return [heading, mail.text.trim()].filter(Boolean).join("\n\n");
}
