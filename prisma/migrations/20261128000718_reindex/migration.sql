-- CreateTable
CREATE TABLE "reindex" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "version" INTEGER NOT NULL DEFAULT 0,
    "after" UUID,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "articles" INTEGER NOT NULL DEFAULT 0,
    "indexed" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "reindex_pkey" PRIMARY KEY ("id")
);

INSERT INTO "reindex" DEFAULT VALUES;
ALTER TABLE "reindex" ADD CONSTRAINT "reindex_one_row" CHECK ("id" = 1);
