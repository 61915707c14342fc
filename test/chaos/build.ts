import { execFile } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../helpers/child.ts'

/**
 * Compiles the server as it is now into a folder: a start of TypeScript would cost the processor what the kills need.
 * @returns the path of its entry
 */
export async function build(folder: string): Promise<string> {
  const tsc = join(root, 'node_modules/.bin/tsc')
  await promisify(execFile)(tsc, ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist'), '--sourceMap', 'false', '--declaration', 'false'])
  for (const name of ['node_modules', 'prisma', 'package.json']) await symlink(join(root, name), join(folder, name))
  return join(folder, 'dist/main.js')
}
