-- AlterTable
ALTER TABLE "enrichment_task" DROP COLUMN "before";

-- CreateTable
CREATE TABLE "frequency_task" (
    "id" BIGSERIAL NOT NULL,
    "article_id" UUID NOT NULL,
    "before" tsvector,

    CONSTRAINT "frequency_task_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "frequency_task_article_id_idx" ON "frequency_task"("article_id");

CREATE OR REPLACE FUNCTION enrichment_of_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO enrichment_task (article_id) SELECT article_id FROM added;
  INSERT INTO frequency_task (article_id) SELECT article_id FROM added;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION enrichment_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO enrichment_task (article_id) SELECT article_id FROM replaced;
  INSERT INTO frequency_task (article_id, before) SELECT article_id, lexemes FROM replaced;
  RETURN NULL;
END $$;
