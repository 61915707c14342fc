-- CreateEnum
CREATE TYPE "full_text" AS ENUM ('AUTO', 'ALWAYS', 'NEVER');

-- CreateEnum
CREATE TYPE "feed_format" AS ENUM ('RSS', 'ATOM', 'RDF', 'JSON_FEED', 'JSON_MAPPED');

-- CreateEnum
CREATE TYPE "fetch_outcome" AS ENUM ('CHANGED', 'NOT_MODIFIED', 'FAILED');

-- CreateEnum
CREATE TYPE "text_source" AS ENUM ('FEED', 'PAGE', 'API');

-- CreateEnum
CREATE TYPE "stream_event_kind" AS ENUM ('INGESTED', 'UPDATED', 'REMOVED');

-- CreateTable
CREATE TABLE "category" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "category_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed" (
    "id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "url_key" UUID NOT NULL,
    "site_url" TEXT,
    "title" TEXT NOT NULL,
    "title_given" BOOLEAN NOT NULL,
    "category_id" TEXT NOT NULL,
    "format" "feed_format",
    "mapping" JSONB,
    "full_text" "full_text" NOT NULL DEFAULT 'AUTO',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "headers" JSONB NOT NULL DEFAULT '[]',
    "etag" TEXT,
    "last_modified" TEXT,
    "body_hash" UUID,
    "http_status" INTEGER,
    "last_error" TEXT,
    "consecutive_failures" INTEGER NOT NULL DEFAULT 0,
    "last_checked_at" TIMESTAMPTZ(3),
    "last_changed_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "claim_id" UUID,
    "claimed_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feed_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed_fetch" (
    "id" UUID NOT NULL,
    "feed_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "http_status" INTEGER,
    "outcome" "fetch_outcome" NOT NULL,
    "ingested" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "duplicates" INTEGER NOT NULL DEFAULT 0,
    "rejected" JSONB NOT NULL DEFAULT '[]',
    "repaired" TEXT[],
    "error" TEXT,

    CONSTRAINT "feed_fetch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "article" (
    "id" UUID NOT NULL,
    "category_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "byline" TEXT,
    "image_url" TEXT,
    "language" TEXT,
    "content" TEXT NOT NULL,
    "content_html" TEXT NOT NULL,
    "text_hash" UUID NOT NULL,
    "text_source" "text_source" NOT NULL,
    "tags" TEXT[],
    "enclosures" JSONB NOT NULL DEFAULT '[]',
    "word_count" INTEGER NOT NULL,
    "reading_time_minutes" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "article_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "article_counter" (
    "article_id" UUID NOT NULL,
    "read_count" INTEGER NOT NULL DEFAULT 0,
    "last_read_at" TIMESTAMPTZ(3),

    CONSTRAINT "article_counter_pkey" PRIMARY KEY ("article_id")
);

-- CreateTable
CREATE TABLE "read_bucket" (
    "article_id" UUID NOT NULL,
    "start" TIMESTAMPTZ(3) NOT NULL,
    "reads" INTEGER NOT NULL,

    CONSTRAINT "read_bucket_pkey" PRIMARY KEY ("article_id","start")
);

-- CreateTable
CREATE TABLE "read_key" (
    "key" TEXT NOT NULL,
    "article_id" UUID NOT NULL,
    "counted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "read_key_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "sighting" (
    "id" UUID NOT NULL,
    "article_id" UUID NOT NULL,
    "feed_id" UUID,
    "url" TEXT NOT NULL,
    "url_key" UUID NOT NULL,
    "guid" TEXT,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sighting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tombstone" (
    "id" UUID NOT NULL,
    "article_id" UUID NOT NULL,
    "url_key" UUID NOT NULL,
    "feed_id" UUID,
    "guid" TEXT,
    "text_hash" UUID NOT NULL,
    "enclosures" JSONB NOT NULL DEFAULT '[]',
    "deleted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tombstone_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "stream_id" UUID NOT NULL,
    "position" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "stream_head_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stream_event" (
    "position" BIGINT NOT NULL,
    "kind" "stream_event_kind" NOT NULL,
    "article_id" UUID NOT NULL,
    "facts" JSONB NOT NULL,
    "before" JSONB,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stream_event_pkey" PRIMARY KEY ("position")
);

-- CreateIndex
CREATE UNIQUE INDEX "feed_url_key_key" ON "feed"("url_key");

-- CreateIndex
CREATE INDEX "feed_enabled_next_check_at_idx" ON "feed"("enabled", "next_check_at");

-- CreateIndex
CREATE INDEX "feed_category_id_id_idx" ON "feed"("category_id", "id");

-- CreateIndex
CREATE INDEX "feed_fetch_feed_id_id_idx" ON "feed_fetch"("feed_id", "id");

-- CreateIndex
CREATE INDEX "article_published_at_id_idx" ON "article"("published_at", "id");

-- CreateIndex
CREATE INDEX "article_created_at_id_idx" ON "article"("created_at", "id");

-- CreateIndex
CREATE INDEX "article_category_id_published_at_id_idx" ON "article"("category_id", "published_at", "id");

-- CreateIndex
CREATE INDEX "article_category_id_created_at_idx" ON "article"("category_id", "created_at");

-- CreateIndex
CREATE INDEX "read_bucket_start_idx" ON "read_bucket"("start");

-- CreateIndex
CREATE INDEX "read_key_counted_at_idx" ON "read_key"("counted_at");

-- CreateIndex
CREATE INDEX "sighting_url_key_idx" ON "sighting"("url_key");

-- CreateIndex
CREATE INDEX "sighting_feed_id_article_id_idx" ON "sighting"("feed_id", "article_id");

-- CreateIndex
CREATE UNIQUE INDEX "sighting_article_id_feed_id_url_key_key" ON "sighting"("article_id", "feed_id", "url_key");

-- CreateIndex
CREATE INDEX "tombstone_url_key_idx" ON "tombstone"("url_key");

-- AddForeignKey
ALTER TABLE "feed" ADD CONSTRAINT "feed_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feed_fetch" ADD CONSTRAINT "feed_fetch_feed_id_fkey" FOREIGN KEY ("feed_id") REFERENCES "feed"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "article" ADD CONSTRAINT "article_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "article_counter" ADD CONSTRAINT "article_counter_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "read_bucket" ADD CONSTRAINT "read_bucket_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sighting" ADD CONSTRAINT "sighting_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sighting" ADD CONSTRAINT "sighting_feed_id_fkey" FOREIGN KEY ("feed_id") REFERENCES "feed"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What Prisma does not model.

-- Bodies go out of line as soon as a row is large: a scan over articles reads their facts alone.
ALTER TABLE "article" SET (toast_tuple_target = 256);

-- Room to update a counter in place.
ALTER TABLE "article_counter" SET (fillfactor = 70);
ALTER TABLE "stream_head" SET (fillfactor = 10);

ALTER TABLE "stream_head" ADD CONSTRAINT "stream_head_one_row" CHECK ("id" = 1);
ALTER TABLE "article_counter" ADD CONSTRAINT "article_counter_not_negative" CHECK ("read_count" >= 0);
ALTER TABLE "category" ADD CONSTRAINT "category_id_form" CHECK ("id" ~ '^[a-z0-9][a-z0-9_-]{0,63}$');

INSERT INTO "stream_head" ("id", "stream_id", "position") VALUES (1, gen_random_uuid(), 0);
