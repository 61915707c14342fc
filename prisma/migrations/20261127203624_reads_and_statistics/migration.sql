-- DropForeignKey
ALTER TABLE "read_bucket" DROP CONSTRAINT "read_bucket_article_id_fkey";

-- AlterTable
ALTER TABLE "article" ADD COLUMN     "summary" TEXT;

-- CreateTable
CREATE TABLE "statistics_delta" (
    "id" BIGSERIAL NOT NULL,
    "article_id" UUID,
    "category_id" TEXT,
    "start" TIMESTAMPTZ(3) NOT NULL,
    "articles" INTEGER NOT NULL DEFAULT 0,
    "words" INTEGER NOT NULL DEFAULT 0,
    "reads" INTEGER NOT NULL DEFAULT 0,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "statistics_delta_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "statistics_rollup" (
    "category_id" TEXT NOT NULL,
    "minutes" INTEGER NOT NULL,
    "start" TIMESTAMPTZ(3) NOT NULL,
    "articles" INTEGER NOT NULL DEFAULT 0,
    "words" BIGINT NOT NULL DEFAULT 0,
    "reads" BIGINT NOT NULL DEFAULT 0,
    "of_articles" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "statistics_rollup_pkey" PRIMARY KEY ("category_id","minutes","start")
);

-- CreateTable
CREATE TABLE "article_rank" (
    "article_id" UUID NOT NULL,
    "category_id" TEXT NOT NULL,
    "published" TIMESTAMPTZ(3) NOT NULL,
    "read_count" INTEGER NOT NULL,
    "last_read_at" TIMESTAMPTZ(3) NOT NULL,
    "trend" DOUBLE PRECISION NOT NULL,
    "day" INTEGER NOT NULL,
    "week" INTEGER NOT NULL,
    "month" INTEGER NOT NULL,

    CONSTRAINT "article_rank_pkey" PRIMARY KEY ("article_id")
);

-- CreateTable
CREATE TABLE "statistics_fold" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "windows_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "statistics_fold_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "article_rank_read_count_article_id_idx" ON "article_rank"("read_count", "article_id");

-- CreateIndex
CREATE INDEX "article_rank_last_read_at_article_id_idx" ON "article_rank"("last_read_at", "article_id");

-- CreateIndex
CREATE INDEX "article_rank_category_id_read_count_article_id_idx" ON "article_rank"("category_id", "read_count", "article_id");

-- CreateIndex
CREATE INDEX "article_rank_category_id_last_read_at_article_id_idx" ON "article_rank"("category_id", "last_read_at", "article_id");

-- CreateIndex
CREATE INDEX "article_rank_trend_article_id_idx" ON "article_rank"("trend", "article_id");

-- CreateIndex
CREATE INDEX "article_rank_day_article_id_idx" ON "article_rank"("day", "article_id");

-- CreateIndex
CREATE INDEX "article_rank_week_article_id_idx" ON "article_rank"("week", "article_id");

-- CreateIndex
CREATE INDEX "article_rank_month_article_id_idx" ON "article_rank"("month", "article_id");

-- A rank moves with each read, and rows of the fold are rewritten in place.
ALTER TABLE "article_rank" SET (fillfactor = 80);
ALTER TABLE "statistics_rollup" SET (fillfactor = 80);

INSERT INTO "statistics_fold" ("windows_at") VALUES (timestamptz 'epoch');
ALTER TABLE "statistics_fold" ADD CONSTRAINT "statistics_fold_one_row" CHECK ("id" = 1);

-- The quarter of an hour in which a moment is.
CREATE FUNCTION quarter_of(moment timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_bin(interval '15 minutes', moment, timestamptz '0001-01-01 00:00:00+00');

-- What a statement does to the articles and words of the statistics, whoever makes it.
CREATE FUNCTION statistics_of_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO statistics_delta (category_id, start, articles, words)
  SELECT category_id, quarter_of(published_at), count(*), sum(word_count) FROM added GROUP BY 1, 2;
  RETURN NULL;
END $$;

-- The article is named where its reads go with it.
CREATE FUNCTION statistics_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO statistics_delta (article_id, category_id, start, articles, words)
  SELECT CASE WHEN (o.category_id, quarter_of(o.published_at)) <> (n.category_id, quarter_of(n.published_at)) THEN n.id END, side.category_id, side.start, side.articles, side.words
  FROM old_rows o JOIN new_rows n ON n.id = o.id
  CROSS JOIN LATERAL (VALUES
    (o.category_id, quarter_of(o.published_at), -1, -o.word_count),
    (n.category_id, quarter_of(n.published_at), 1, n.word_count)
  ) AS side(category_id, start, articles, words)
  WHERE (o.category_id, o.word_count, quarter_of(o.published_at)) <> (n.category_id, n.word_count, quarter_of(n.published_at));
  RETURN NULL;
END $$;

CREATE FUNCTION statistics_of_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO statistics_delta (article_id, category_id, start, articles, words)
  SELECT id, category_id, quarter_of(published_at), -1, -word_count FROM removed;
  RETURN NULL;
END $$;

CREATE TRIGGER statistics_of_added AFTER INSERT ON "article" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION statistics_of_added();
CREATE TRIGGER statistics_of_changed AFTER UPDATE ON "article" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION statistics_of_changed();
CREATE TRIGGER statistics_of_removed AFTER DELETE ON "article" REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION statistics_of_removed();

-- What is there already is folded like what comes.
INSERT INTO statistics_delta (category_id, start, articles, words)
SELECT category_id, quarter_of(published_at), count(*), sum(word_count) FROM article GROUP BY 1, 2;
INSERT INTO statistics_delta (article_id, start, reads, read_at)
SELECT b.article_id, b.start, b.reads, CASE WHEN b.start = quarter_of(c.last_read_at) THEN c.last_read_at ELSE b.start END
FROM read_bucket b JOIN article_counter c ON c.article_id = b.article_id;
DELETE FROM read_bucket;
-- A counter begins with its first read.
DELETE FROM article_counter WHERE read_count = 0;
