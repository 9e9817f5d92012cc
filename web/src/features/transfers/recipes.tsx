import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteRecipe, type Import, type Recipe, recipesQuery, saveRecipe } from "@/api/imports";
import { useMe } from "@/api/session";
import { Button, IconButton } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import styles from "./import.module.css";

interface RecipeOfferProps {
  readonly made: Import;
  readonly onTake: (recipe: string) => void;
}

/** The recipes that fit the file: each is taken, or deleted, with one press. */
export function RecipeOffer({ made, onTake }: RecipeOfferProps) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const toast = useToast();
  const query = recipesQuery(made.id);
  const recipes = useQuery(query).data ?? [];
  const remove = useMutation({
    mutationFn: (recipe: Recipe) => deleteRecipe(recipe.id),
    onError: (error) => toast({ text: faultText(error, t) }),
    onSettled: () => client.invalidateQueries({ queryKey: query.queryKey }),
  });
  if (recipes.length === 0) return null;
  return (
    <Notice tone="info" testId="import.recipes">
      <p>{t("recipe.fits", { count: recipes.length })}</p>
      <ul className={styles.recipes}>
        {recipes.map((recipe) => (
          <li key={recipe.id}>
            <Button onClick={() => onTake(recipe.id)} testId="import.recipe">
              {t("recipe.take", { name: recipe.name })}
            </Button>
            {recipe.shared && <span className={styles.note}>{t("recipe.shared")}</span>}
            {(recipe.own || me.abilities.includes("design")) && (
              <IconButton
                icon="trash"
                small
                label={t("recipe.delete", { name: recipe.name })}
                onClick={() => remove.mutate(recipe)}
                testId="import.deleteRecipe"
              />
            )}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

const longestName = 80;

/** Asks for the name under which the columns of the file and all choices are kept. */
export function SaveRecipe({ made, onClose }: { made: Import; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const toast = useToast();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () => saveRecipe(made.id, { name, shared }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: recipesQuery(made.id).queryKey });
      toast({ text: t("recipe.saved", { name }) });
      onClose();
    },
  });
  const ready = name.trim() !== "";
  return (
    <Dialog
      open
      title={t("recipe.title")}
      onClose={onClose}
      testId="import.recipeDialog"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="primary"
            disabled={!ready}
            busy={save.isPending}
            onClick={() => save.mutate()}
            testId="import.recipeSave"
          >
            {t("recipe.keep")}
          </Button>
        </>
      }
    >
      <form
        className={styles.replace}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !save.isPending) save.mutate();
        }}
      >
        <p>{t("recipe.text")}</p>
        {save.isError && (
          <Notice tone="danger">
            <p>{faultText(save.error, t)}</p>
          </Notice>
        )}
        <FieldFrame label={t("recipe.name")}>
          {(ids) => (
            <TextInput
              ids={ids}
              value={name}
              maxLength={longestName}
              autoFocus
              onChange={setName}
              testId="import.recipeName"
            />
          )}
        </FieldFrame>
        {me.abilities.includes("design") && (
          <Checkbox checked={shared} onChange={setShared} testId="import.recipeShared">
            {t("recipe.share")}
          </Checkbox>
        )}
      </form>
    </Dialog>
  );
}
