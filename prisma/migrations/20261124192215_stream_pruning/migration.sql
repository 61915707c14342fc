-- AlterTable
ALTER TABLE "stream_head" ADD COLUMN     "pruned_to" BIGINT NOT NULL DEFAULT 0;
