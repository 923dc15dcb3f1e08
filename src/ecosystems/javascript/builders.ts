/** Programs of npm packages that write their output into folders of the project, as they do without being told otherwise. */
export interface Builder {
  /** Folders and files, from the folder that it runs in. */
  readonly writes: readonly string[];
  /** The first argument with which it builds; undefined where it does nothing else. */
  readonly word?: RegExp;
  /** Options that name another folder. */
  readonly option?: readonly string[];
  /** Files in which a key may name another folder. */
  readonly config?: { readonly name: RegExp; readonly key: RegExp };
}

export const builders: Readonly<Record<string, Builder>> = {
  vite: {
    writes: ['dist'],
    word: /^build$/,
    option: ['--outDir'],
    config: { name: /^vite\.config\.\w+$/, key: /\boutDir\b|\broot\s*:|sveltekit|solidStart|vinxi/ },
  },
  next: { writes: ['.next'], word: /^build$/, config: { name: /^next\.config\.\w+$/, key: /\bdistDir\b/ } },
  nuxt: { writes: ['.nuxt', '.output'], word: /^(build|generate)$/, config: { name: /^nuxt\.config\.\w+$/, key: /\b(buildDir|output|rootDir)\b/ } },
  nuxi: { writes: ['.nuxt', '.output'], word: /^(build|generate)$/, config: { name: /^nuxt\.config\.\w+$/, key: /\b(buildDir|output|rootDir)\b/ } },
  astro: { writes: ['dist', '.astro'], word: /^build$/, option: ['--outDir'], config: { name: /^astro\.config\.\w+$/, key: /\boutDir\b/ } },
  'react-scripts': { writes: ['build'], word: /^build$/, config: { name: /^\.env(\..*)?$/, key: /\bBUILD_PATH\b/ } },
  'vue-cli-service': { writes: ['dist'], word: /^build$/, option: ['--dest'], config: { name: /^vue\.config\.\w+$/, key: /\boutputDir\b/ } },
  gatsby: { writes: ['public', '.cache'], word: /^build$/ },
  tsup: { writes: ['dist'], option: ['--out-dir', '-d'], config: { name: /^tsup\.config\.\w+$/, key: /\boutDir\b/ } },
  parcel: { writes: ['dist', '.parcel-cache'], word: /^build$/, option: ['--dist-dir', '-d'] },
  turbo: { writes: ['.turbo'] },
  webpack: { writes: ['dist'], option: ['-o', '--output-path', '-c', '--config'], config: { name: /^webpack\.[\w.]+$/, key: /\bpath\s*:/ } },
  'svelte-kit': { writes: ['.svelte-kit'], word: /^(sync|package)$/ },
  docusaurus: { writes: ['build', '.docusaurus'], word: /^build$/, option: ['--out-dir'] },
};
