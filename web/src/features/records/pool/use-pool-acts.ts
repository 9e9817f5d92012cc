import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { keys } from "@/api/keys";
import { actOnRecord, actOnRecords, type PoolAction, type PoolAsk } from "@/api/pools";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { recordAddress } from "../record/neighbours";

/** Acts on what waits in pools, and tells how that went. */
export function usePoolActs(object: string) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat();
  const toast = useToast();
  const refresh = () => client.invalidateQueries({ queryKey: keys.records(object) });

  /** Whether one record could be acted on. */
  const one = async (action: PoolAction, id: string, name: string, ask?: PoolAsk) => {
    try {
      await actOnRecord(action, object, id, ask);
      const open = { label: t("action.open"), perform: () => navigate(recordAddress(object, id)) };
      toast({
        text: t(`pool.did.${action}`, { name }),
        ...(action === "claim" && { action: open }),
      });
      return true;
    } catch (error) {
      toast({ text: faultText(error, t) });
      return false;
    } finally {
      void refresh();
    }
  };

  /** Acts on each of some records that can be. */
  const many = async (action: PoolAction, ids: readonly string[], ask?: PoolAsk) => {
    try {
      const outcomes = await actOnRecords(action, object, ids, ask);
      const failed = outcomes.filter(({ status }) => status >= 300);
      const count = outcomes.length - failed.length;
      const n = { count, n: format.number(count) };
      const reason = failed[0]?.errors?.[0]?.message;
      toast({
        text: reason
          ? t(`pool.didSome.${action}`, { ...n, failed: format.number(failed.length), reason })
          : t(`pool.didMany.${action}`, n),
      });
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await refresh();
  };
  return { one, many };
}
