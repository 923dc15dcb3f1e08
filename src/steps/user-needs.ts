import { posix } from 'node:path';
import { once } from '../once.ts';
import type { ContextFiles } from '../workspace/workspace.ts';

/** What source files do that a user who is not root may fail at, told from their text: it finds too much rather than too little. */

/** A place in a file, and what of it tells. */
export interface Telling {
  readonly file: string;
  readonly text: string;
}

/** A path in the temporary folder, which every user may write to. */
const temporary = String.raw`(?!\s*(?:["'\x60]/tmp/|os\.tmpdir|(?:path\.)?join\(\s*(?:os\.)?tmpdir|tempfile\.|os\.TempDir))`;

interface Language {
  readonly files: RegExp;
  /** Makes, changes or removes files, or has a package do so. */
  readonly writes: RegExp;
}

const languages: readonly Language[] = [
  {
    files: /\.([cm]?[jt]sx?|vue|svelte)$/,
    writes: new RegExp(
      String.raw`\b(?:(?:writeFile|appendFile|mkdir|mkdtemp|rename|unlink|rmdir|rm|copyFile|truncate|chmod|chown|symlink|ensureDir|ensureFile|outputFile|outputJson|writeJson|emptyDir)(?:Sync)?|createWriteStream|mkdirp)\(${temporary}|\bBun\.write\(|\bDeno\.(?:write\w+|mkdir|create|remove|rename|openKv)\b|\btransports\.(?:File|DailyRotateFile)\b|\bdiskStorage\b|\bpino\.destination\(|\bsqlite|["'\x60]file:[.\w/]|\bDatabaseSync\b|\bdialect:\s*["']sqlite`,
    ),
  },
  {
    files: /\.pyw?$/,
    writes: new RegExp(
      String.raw`\bopen\(${temporary}[^()\n]*(?:\([^()\n]*\)[^()\n]*)*,\s*(?:mode\s*=\s*)?["'][rbt]*[wax+]|\.write_(?:text|bytes)\(|\bos\.(?:makedirs|mkdir|remove|rename|replace|unlink|chmod|chown|rmdir|symlink)\(${temporary}|\.(?:mkdir|touch|unlink)\(|\bshutil\.(?:copy\w*|move|rmtree)\(|\bsqlite|\b(?:Rotating|TimedRotating|Watched)?FileHandler\b|\bbasicConfig\([^)]*filename|\blogger\.add\(\s*[^s]|\b(?:file|f|image|img|im|photo|picture|upload\w*|pic\w*|wb|workbook|model)\.save\(|\.to_(?:csv|excel|parquet|pickle|json|feather|hdf)\(\s*[^)\s]|\b(?:pickle|joblib|dill|torch|np|numpy)\.(?:dump|save\w*)\(|\bsavefig\(|\b(?:shelve|dbm)\.open\(|\b(?:pidfile|accesslog|errorlog|logfile)\s*=\s*["'](?!/tmp/|-)|\b(?:UPLOAD_FOLDER|UPLOADS_DEFAULT_DEST)\b|\bMEDIA_ROOT\s*=\s*(?:[^\s"']|["'][^"'])|\b(?:FileField|ImageField)\(|\bimwrite\(|\burlretrieve\(`,
    ),
  },
  {
    files: /\.go$/,
    writes: new RegExp(
      String.raw`\b(?:os\.(?:Create|WriteFile|MkdirAll|Mkdir|MkdirTemp|OpenFile|Rename|Remove|RemoveAll|Chmod|Chown|Truncate|Symlink|Link)|ioutil\.(?:WriteFile|TempDir))\(${temporary}|\bSaveUploadedFile\(|\blumberjack\b|\bbbolt\b|boltdb|\bbadger\b|\bleveldb\b|\bpebble\b|sqlite|\bbleve\b|\bbuntdb\b|\bnutsdb\b|\bautocert\.DirCache\b|\bcertmagic\b|\bOutputPaths\b|\bnatefinch\b|\bfile-rotatelogs\b|\bduckdb\b|\bfrostdb\b|\bpocketbase\b`,
    ),
  },
  {
    files: /\.rs$/,
    writes:
      /\bFile::(create|options)|\bfs::(write|rename|remove_\w+|copy|create_dir\w*|set_permissions|hard_link)\b|\bcreate_dir(_all)?\(|\bOpenOptions\b|\brusqlite\b|sqlite|\bsled::|\brocksdb\b|\bredb::|\bheed::|\blmdb\b|\btracing_appender\b|\blog4rs\b|\bflexi_logger\b|\btantivy\b|\bpersy\b/i,
  },
  {
    files: /(?<!\.gradle)\.(java|kts?|scala|groovy|clj)$/,
    writes:
      /\b(FileOutputStream|FileWriter|RandomAccessFile|FileHandler|FSDirectory|TransferManager)\b|\bFiles\s*\.\s*(write\w*|copy|move|create(File|Directory|Directories|SymbolicLink)|new(OutputStream|BufferedWriter|ByteChannel)|delete\w*)\b|\.(mkdirs?|createNewFile|transferTo|deleteOnExit|renameTo)\(|\bPrint(Writer|Stream)\(\s*("|new File)|jdbc:(sqlite|derby|hsqldb:file|h2:(?!mem))|\b(writeText|appendText|writeBytes)\s*\(|\bspit\b/,
  },
  {
    files: /(^|\/)(application|bootstrap|config)[\w-]*\.(ya?ml|properties|conf)$|(^|\/)log(back|4j2?|ging)[\w.-]*\.(xml|properties|ya?ml|json|ini|conf)$/,
    writes:
      /jdbc:(sqlite|derby|hsqldb:file|h2:(?!mem))|FileAppender|FileHandler|currentLogFilename|<(Rolling)?(RandomAccess)?File\b|\bfileName\s*=|^\s*(\w+\.)*file(\.name|\.path)?\s*[:=]\s*\S|log-?dir|\bupload[._-]?(dir|path|folder|location)|\.(db|log)["'\s]*$/im,
  },
  {
    files: /\.(cs|fs|vb|cshtml)$/,
    writes:
      /(?<!I)\bFile\.(Write|Append|Create|Open(Write)?\b|Copy|Move|Delete|Replace)|\bDirectory\.(Create|Delete|Move)|\bFileMode\.(Create|Append|OpenOrCreate|Truncate)|\bnew StreamWriter\(\s*[$@]*"|\bUseSqlite\b|\bSqlite|\bLiteDatabase\b|\bWriteTo\.File\b|\bPersistKeysToFileSystem\b|\bAddFile\(|\bRollingFile\b/,
  },
  { files: /(^|\/)(appsettings[\w.]*\.json|nlog\.config|log4net\.config)$/i, writes: /\.db\b|\bfileName=|FileAppender|"path"\s*:|"File"/i },
  {
    files: /\.(c|cc|cpp|cxx|h|hpp|zig|nim|d|swift|dart|ex|exs|erl|hs|ml|cr)$/,
    writes: /\bfopen\(|\bofstream\b|\bmkdir\b|O_CREAT|createFile|writeFile|File\.(write|open|mkdir)|writeAs\w+\(|sqlite/,
  },
  // https://learn.microsoft.com/dotnet/core/deploying/single-file/overview: it unpacks itself into the home.
  { files: /\.(cs|fs|vb)proj$/, writes: /Include(NativeLibraries|AllContent)ForSelfExtract|\bSqlite/i },
  { files: /\.prisma$|(^|\/)(ormconfig|database|knexfile)\.json$|(^|\/)\.env[\w.]*$/, writes: /sqlite|["'=]file:/ },
];

/** Rights that Linux gives to root, and files that are root's. */
const rights =
  /docker\.sock|\bSOCK_RAW\b|\bAF_PACKET\b|ip[46]?:icmp|golang\.org\/x\/net\/icmp|\bsete?[ug]id\b|\b(gete?uid|Getuid|Geteuid)\(\)|\bchroot\(|\biptables\b|\bnetlink\b|["'`]\/dev\/(?!null|stdin|stdout|stderr|u?random|zero|shm|fd|full|tty["'`])|["'`]\/sys\/|["'`]\/proc\/sys\/|["'`]\/etc\/(shadow|sudoers|hosts["'`])|\bCAP_\w+|\bsyscall\.(Mount|Reboot|Setuid)|\bgopacket\b|\bcilium\/ebpf\b|\bmlock(all)?\(|\bProcess\.(UID|GID|euid)\b|["'`]sudo\b/;

/** What lies in the home of who runs the program. */
const home =
  /["'`(\s=]\/root\b|\bhomedir\(|\bexpanduser\(|\bPath\.home\(|\bUserHomeDir\(|\bUser(Cache|Config)Dir\(|["']user\.home["']|\b(home|config|cache|data)_dir\(\)|\bgetenv\(\s*["']HOME|\benviron\b[^\n]{0,12}["']HOME["']|\benv\.HOME\b|["'`]~\/|\bSpecialFolder\.|\buserInfo\(|\bappdirs\b|\bplatformdirs\b|\bgetpass\.getuser\(/;

/** A port under 1024, which not every machine lets another user than root take. */
const port =
  /\blisten(?:AndServe\w*)?\(\s*\d{1,3}\b|["'`](?:[\w.*+[\]-]|:\/\/)*:(?!0)\d{1,3}["'`]|\b(?:server\.)?port["']?\s*(?:=|:|=>)\s*["']?(?!0\b)\d{1,3}["']?\s*(?:[,;)}\n]|$)|\bPORT\b["']?\]?\)?\s*(?:\|\||\?\?|,|or)\s*["'(]*(?!0\b)\d{1,3}\b/im;

const aside =
  /(^|\/)(tests?|__tests__|__mocks__|specs?|e2e|cypress|docs?|(?<!\/(com|org)\/)examples?|testdata|fixtures|node_modules|\.[\w-]+)\/|\.(test|spec|stories|config|d)\.\w+$|_test\.\w+$|(^|\/)(test_[^/]*\.py|conftest\.py|setup\.py|[Gg]ulpfile\.\w+|Gruntfile\.\w+|webpack[\w.-]*\.\w+)$|(^|\/)src\/test\//;

/** The first file that writes, by a library or by itself, anywhere but in the temporary folder. */
export const writingFile = firstOf((file) => languages.find((one) => one.files.test(file))?.writes);

/** The first source file that uses what is root's. */
export const fileNeedingRights = firstOf((file) => (isSource(file) ? rights : undefined));

/** The first source file that goes by the home of who runs it. */
export const fileNeedingHome = firstOf((file) => (isSource(file) ? home : undefined));

/** The first source file that names a port under 1024 to listen on. */
export const fileWithLowPort = firstOf((file) => (isSource(file) ? port : undefined));

/** Source of a language whose writing is known, or its settings, is among the files. */
export const holdsSource = once((files: ReadonlySet<string>): boolean => [...files].some(isSource));

function isSource(file: string): boolean {
  return !aside.test(file) && languages.some((one) => one.files.test(file));
}

/** Asked once of the files of a program: the same set each time for the same files. */
function firstOf(patternFor: (file: string) => RegExp | undefined): (files: ReadonlySet<string>, context: ContextFiles) => Telling | undefined {
  return once((files, context) => {
    for (const file of files) {
      const pattern = aside.test(file) ? undefined : patternFor(posix.normalize(file));
      const [text] = (pattern && pattern.exec(context.text(file) ?? '')) ?? [];
      if (text !== undefined) return { file, text: text.replaceAll(/\s+/g, ' ').trim() };
    }
    return undefined;
  });
}
