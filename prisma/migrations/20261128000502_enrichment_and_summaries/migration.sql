-- AlterTable
ALTER TABLE "enrichment_task" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "due_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "article_summary" (
    "article_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "text_hash" UUID NOT NULL,

    CONSTRAINT "article_summary_pkey" PRIMARY KEY ("article_id")
);

-- CreateTable
CREATE TABLE "summary_task" (
    "article_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claim_id" UUID,
    "claimed_until" TIMESTAMPTZ(3),

    CONSTRAINT "summary_task_pkey" PRIMARY KEY ("article_id")
);

-- CreateTable
CREATE TABLE "summary_budget" (
    "day" DATE NOT NULL,
    "requests" INTEGER NOT NULL,

    CONSTRAINT "summary_budget_pkey" PRIMARY KEY ("day")
);

-- CreateIndex
CREATE INDEX "summary_task_due_at_idx" ON "summary_task"("due_at");

-- CreateIndex
CREATE INDEX "enrichment_task_due_at_id_idx" ON "enrichment_task"("due_at", "id");

-- AddForeignKey
ALTER TABLE "article_summary" ADD CONSTRAINT "article_summary_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "summary_task" ADD CONSTRAINT "summary_task_article_id_fkey" FOREIGN KEY ("article_id") REFERENCES "article"("id") ON DELETE CASCADE ON UPDATE CASCADE;
