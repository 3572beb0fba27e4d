// Every relative link in the documentation leads to a file that is there.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
});

const dead = listed
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))
  .flatMap((file) => {
    const prose = readFileSync(join(root, file), 'utf8')
      .replace(/^```.*?^```/gms, '')
      .replace(/`[^`\n]*`/g, '');
    return [...prose.matchAll(/\]\((?!\w+:|#)([^)\s#]+)[^)]*\)/g)]
      .map(([, link]) => link)
      .filter((link) => !existsSync(join(root, dirname(file), decodeURI(link))))
      .map((link) => `${file}: ${link}`);
  });

for (const link of dead) console.log(`dead link in ${link}`);
process.exitCode = dead.length > 0 ? 1 : 0;
