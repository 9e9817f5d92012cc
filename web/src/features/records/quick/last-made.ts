/** The name under which this browser keeps of what object a record was made last. */
export const lastMade = "made";
