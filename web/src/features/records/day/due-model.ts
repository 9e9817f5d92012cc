/** What is due of the records of an object that says so. */
import type { Catalog } from "@/api/catalog";
import type { RecordData } from "@/api/types";

/** Whether a record is dealt with: it has the values that say so, or an option that is final. */
export function isClosed(catalog: Catalog, object: string, record: RecordData): boolean {
  const done = catalog.object(object)?.behaviours?.due?.done;
  if (!done) return false;
  return Object.entries(done).every(([name, value]) => {
    const option = catalog.field(object, name)?.oneOf?.find((one) => one.const === record[name]);
    return record[name] === value || option?.final === true;
  });
}
