/**
 * As whom this page shows the application, where that is not the person who is signed in. The server
 * says so with every answer; a page never changes from one to the other, it is loaded anew.
 */
let viewed: string | null | undefined;

/** As whom the page shows the application; null as who is signed in, undefined before any answer. */
export function viewedPerson(): string | null | undefined {
  return viewed;
}

/** Notes as whom an answer is for; false when the page is for another. */
export function noteViewed(person: string | null): boolean {
  if (viewed === undefined) viewed = person;
  return viewed === person;
}
