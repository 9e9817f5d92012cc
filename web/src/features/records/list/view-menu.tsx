import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { noChanges } from "@/api/layers";
import { applyDefinitions, catalogQuery, rawDefinition, useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import { Button, IconButton } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Menu, type MenuItem } from "@/components/menu";
import { useToast } from "@/components/toaster";
import { usePhone } from "@/components/use-media";
import { newId } from "@/lib/new-id";
import type { ListState } from "./list-state";
import type { Layers } from "./use-layers";
import { definitionOf, layerName, settingsOf } from "./views";

const ViewDialog = lazy(() => import("./view-dialog"));

interface ViewMenuProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly layers: Layers;
}

/** What becomes of what was changed of a view: kept as one's own, given to everybody, or undone. */
export function ViewMenu({ object, state, layers }: ViewMenuProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const [naming, setNaming] = useState<"new" | "rename" | null>(null);
  const { saveOwn, saveForAll, reset, remove } = useSaving({ object, state, layers });
  const designer = useMe().abilities.includes("design");
  const { view, own, changed } = state;
  const items: readonly (MenuItem | false)[] = [
    own &&
      changed && {
        key: "view.save",
        label: t("view.save"),
        icon: "check",
        perform: () => void saveOwn(view.name, view.title),
      },
    {
      key: "view.saveNew",
      label: t("view.saveNew"),
      icon: "user",
      perform: () => setNaming("new"),
    },
    !own &&
      designer && {
        key: "view.saveForAll",
        label: t("view.saveForAll"),
        icon: "users",
        perform: () => void saveForAll(),
      },
    own && {
      key: "view.rename",
      label: t("view.rename"),
      icon: "edit",
      divider: true,
      perform: () => setNaming("rename"),
    },
    own && {
      key: "view.delete",
      label: t("view.delete"),
      icon: "trash",
      danger: true,
      perform: () => void remove(),
    },
  ];
  return (
    <>
      <Menu
        items={items.filter((item) => item !== false)}
        label={t("view.menu")}
        icon="star"
        iconOnly={phone}
        testId="view.menu"
      />
      {changed &&
        (phone ? (
          <IconButton
            icon="undo"
            label={t("list.reset")}
            onClick={() => void reset()}
            testId="list.reset"
          />
        ) : (
          <Button kind="quiet" icon="undo" onClick={() => void reset()} testId="list.reset">
            {t("list.reset")}
          </Button>
        ))}
      {naming && (
        <Suspense>
          <ViewDialog
            title={t(naming === "new" ? "view.newTitle" : "view.rename")}
            save={t(naming === "new" ? "view.create" : "view.save")}
            name={naming === "new" ? "" : view.title}
            onSave={(title) => {
              setNaming(null);
              void saveOwn(naming === "new" ? newId() : view.name, title);
            }}
            onClose={() => setNaming(null)}
          />
        </Suspense>
      )}
    </>
  );
}

/** The ways to save. */
function useSaving({ object, state, layers }: ViewMenuProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const toast = useToast();
  const { view, layer, own } = state;
  const go = (name: string) => navigate(name ? `?view=${name}` : "?", { replace: true });
  const forget = async () => {
    if (layer && !own)
      await layers.keep({ ...noChanges, name: layer.name, view: layer.view }, true);
  };
  return {
    saveOwn: async (name: string, title: string) => {
      await layers.keep({ name, ...settingsOf(state, title) }, true);
      if (name !== view.name) await forget();
      await go(name);
    },
    saveForAll: async () => {
      const name = view.name || `${object.name}_all`;
      try {
        const plain = { kind: "view", name, object: object.name, title: t("list.all") };
        const before = view.name ? await rawDefinition<object>("view", name) : plain;
        await applyDefinitions([definitionOf(state, before)], catalog.revision);
        await client.invalidateQueries({ queryKey: catalogQuery.queryKey });
        await forget();
        await go(view.name);
        toast({ text: t("view.savedForAll") });
      } catch (error) {
        toast({ text: faultText(error, t) });
      }
    },
    reset: async () => {
      const done = forget();
      await go(view.name);
      await done;
    },
    remove: async () => {
      const { title } = view;
      const undo = () => void layers.keep({ name: view.name, ...settingsOf(state, title) }, true);
      await go("");
      await layers.keep(
        { ...noChanges, name: view.name, view: layer?.view ?? layerName(view) },
        true,
      );
      toast({
        text: t("view.deleted", { title }),
        action: { label: t("action.undo"), perform: undo },
      });
    },
  };
}
