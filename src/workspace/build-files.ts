/** A file that may start builds, by its path: workflows, pipelines, compose and bake files, development containers, Makefiles, scripts. */
export function mayStartBuilds(path: string): boolean {
  return names.test(path) && !/(^|\/)(vendor|node_modules)\//.test(path);
}

const names = new RegExp(
  [
    String.raw`(^|\/)\.(github\/workflows|circleci|gitlab|buildkite|woodpecker|azure-?pipelines|tekton)\/.*\.ya?ml$`,
    String.raw`(^|\/)([^/]*compose[^/]*|action|skaffold[^/]*|\.gitlab-ci[^/]*|azure-pipelines[^/]*|cloudbuild[^/]*|buildspec[^/]*|Taskfile[^/]*|\.?(travis|appveyor|drone|cirrus)|\.woodpecker|bitbucket-pipelines)\.ya?ml$`,
    String.raw`(^|\/)docker-bake[^/]*$|\.hcl$`,
    String.raw`(^|\/)(Jenkinsfile[^/]*|(GNU)?[Mm]akefile|[Jj]ustfile|package\.json|\.?devcontainer\.json)$|\.(mk|sh|bash|jenkinsfile)$`,
  ].join('|'),
);
