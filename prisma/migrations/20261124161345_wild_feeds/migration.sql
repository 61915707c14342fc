-- AlterTable
ALTER TABLE "article" ADD COLUMN     "copy_keys" INTEGER[];

-- AlterTable
ALTER TABLE "category" ADD COLUMN     "keep_count" INTEGER,
ADD COLUMN     "keep_days" INTEGER;

-- AlterTable
ALTER TABLE "tombstone" ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "feed_push" (
    "feed_id" UUID NOT NULL,
    "token" UUID NOT NULL,
    "hub" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "next_request_at" TIMESTAMPTZ(3) NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "last_push_at" TIMESTAMPTZ(3),

    CONSTRAINT "feed_push_pkey" PRIMARY KEY ("feed_id")
);

-- CreateTable
CREATE TABLE "revision" (
    "id" BIGSERIAL NOT NULL,
    "article_id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "replaced_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "copy_key" (
    "key" INTEGER NOT NULL,
    "article_id" UUID NOT NULL,

    CONSTRAINT "copy_key_pkey" PRIMARY KEY ("key","article_id")
);

-- CreateTable
CREATE TABLE "page_task" (
    "article_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claimed_until" TIMESTAMPTZ(3),

    CONSTRAINT "page_task_pkey" PRIMARY KEY ("article_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "feed_push_token_key" ON "feed_push"("token");

-- CreateIndex
CREATE INDEX "feed_push_next_request_at_idx" ON "feed_push"("next_request_at");

-- CreateIndex
CREATE INDEX "revision_article_id_id_idx" ON "revision"("article_id", "id");

-- CreateIndex
CREATE INDEX "page_task_due_at_idx" ON "page_task"("due_at");

-- CreateIndex
CREATE INDEX "tombstone_expires_at_idx" ON "tombstone"("expires_at");

-- AddForeignKey
ALTER TABLE "feed_push" ADD CONSTRAINT "feed_push_feed_id_fkey" FOREIGN KEY ("feed_id") REFERENCES "feed"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "page_task" ADD CONSTRAINT "page_task_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma does not model: copy_key follows article.copy_keys, whoever writes it.
CREATE FUNCTION copy_keys_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO copy_key (key, article_id) SELECT DISTINCT unnest(copy_keys), id FROM added;
  RETURN NULL;
END $$;
CREATE FUNCTION copy_keys_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM copy_key WHERE article_id = OLD.id AND key = ANY(OLD.copy_keys);
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO copy_key (key, article_id) SELECT DISTINCT unnest(NEW.copy_keys), NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER copy_keys_added AFTER INSERT ON article REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION copy_keys_added();
CREATE TRIGGER copy_keys_changed AFTER UPDATE OF copy_keys ON article FOR EACH ROW WHEN (OLD.copy_keys IS DISTINCT FROM NEW.copy_keys) EXECUTE FUNCTION copy_keys_replaced();
CREATE TRIGGER copy_keys_removed AFTER DELETE ON article FOR EACH ROW EXECUTE FUNCTION copy_keys_replaced();
