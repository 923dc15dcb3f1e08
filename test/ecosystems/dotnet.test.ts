import { expect, test } from 'vitest';
import { fetchOf, read, told } from './call.ts';
import { closureOf } from './project.ts';

test.each([
  ['dotnet restore', 'install'],
  ['dotnet restore src/Api/Api.csproj -r linux-x64 /p:X=1', 'install'],
  ['dotnet --version', 'other'],
  ['dotnet publish -c Release -o /out', 'not understood'],
  ['dotnet build --no-restore', 'not understood'],
  ['dotnet tool install -g dotnet-ef', 'not understood'],
  ['dotnet nuget add source https://example.com', 'not understood'],
])('%s: %s', (line, uses) => {
  expect(told(line)).toBe(uses);
});

test('the files that are read', () => {
  expect(read('dotnet restore')?.reads).toEqual(['.']);
  expect(read('dotnet restore Api/Api.csproj /p:X=1')?.reads).toEqual(['Api/Api.csproj']);
  expect(read('dotnet restore $PROJECT')?.reads).toBeUndefined();
});

const packages = '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup><PackageReference Include="A" Version="1.0.0" /></ItemGroup></Project>';
const shop = {
  'Shop.sln': `
Project("{FAE04EC0}") = "Api", "src\\Api\\Api.csproj", "{1}"
EndProject
Project("{2150E333}") = "tests", "tests", "{2}"
EndProject
Project("{FAE04EC0}") = "Tests", "tests\\Tests.csproj", "{3}"
EndProject
`,
  'src/Api/Api.csproj':
    '<Project Sdk="Microsoft.NET.Sdk.Web">\n<!-- <Import Project="old.props" /> -->\n<ItemGroup><ProjectReference Include="..\\Core\\Core.csproj" /></ItemGroup></Project>',
  'src/Core/Core.csproj': '<Project Sdk="Microsoft.NET.Sdk"><Import Project="$(MSBuildThisFileDirectory)../common.props" /></Project>',
  'src/Core/packages.lock.json': '{}',
  'src/common.props': packages,
  'src/Directory.Build.props': `<Project><Import Project="$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))" /></Project>`,
  'Directory.Build.props': '<Project />',
  'Directory.Packages.props': '<Project />',
  'tests/Tests.csproj': packages,
  'global.json': '{}',
  'NuGet.Config': '<configuration><packageSources><clear /><add key="nuget" value="https://api.nuget.org/v3/index.json" /></packageSources></configuration>',
};

test('a project is restored with those it refers to, and what lies above them', () => {
  expect(closureOf('dotnet restore src/Api/Api.csproj', shop)).toBe(
    'src/Api/Api.csproj src/Core/Core.csproj src/common.props src/Directory.Build.props Directory.Build.props Directory.Packages.props global.json NuGet.Config src/Core/packages.lock.json, writes src/Api/obj src/Core/obj, exact',
  );
});

test('a solution is restored with all its projects', () => {
  const closure = closureOf('dotnet restore', shop);
  expect(closure).toMatch(/^Shop\.sln src\/Api\/Api\.csproj /);
  expect(closure).toContain('tests/Tests.csproj');
  expect(closure).toContain('writes src/Api/obj src/Core/obj tests/obj');
  expect(closureOf('dotnet restore', { 'Shop.slnx': '<Solution><Project Path="Api/Api.csproj" /></Solution>', 'Api/Api.csproj': packages })).toBe(
    'Shop.slnx Api/Api.csproj, writes Api/obj, exact',
  );
});

test('the only project of a folder', () => {
  expect(closureOf('dotnet restore', { 'App.csproj': packages })).toBe('App.csproj, writes obj, exact');
  expect(closureOf('dotnet restore /app/api', { 'api/App.csproj': packages })).toBe(
    'there is not exactly one project or solution that it could restore (/app/api)',
  );
  expect(closureOf('dotnet restore api', { 'api/App.csproj': packages })).toBe('api/App.csproj, writes api/obj, exact');
  expect(closureOf('dotnet restore', { 'App.csproj': packages, 'App.sln': '' })).toBe('there is not exactly one project or solution that it could restore (.)');
  expect(closureOf('dotnet restore $PROJECT', { 'App.csproj': packages })).toBe('the project that it restores is not known');
});

test('a floating version is another one tomorrow', () => {
  expect(closureOf('dotnet restore', { 'App.csproj': packages.replace('1.0.0', '1.*') })).toBe(
    'App.csproj, writes obj, a version with `*` in App.csproj floats',
  );
});

test.each([
  ['<ProjectReference Include="..\\Lib\\Lib.csproj" />', 'the install reads a project file that the build context does not hold (../Lib/Lib.csproj)'],
  ['<ProjectReference Include="$(Libs)/Lib.csproj" />', 'what `$(Libs)/Lib.csproj` stands for is not known (App.csproj)'],
  ['<ProjectReference Include="**/*.csproj" />', 'what `**/*.csproj` stands for is not known (App.csproj)'],
  ['<Import Project="missing.props" />', 'the install reads a project file that the build context does not hold (missing.props)'],
  ['<Import Project="missing.props" Condition="Exists(\'missing.props\')" />', 'App.csproj, writes obj, exact'],
  ['<Import Project="Sdk.props" Sdk="Some.Sdk" />', 'App.csproj, writes obj, exact'],
  ['<PropertyGroup><V>$([System.IO.File]::ReadAllText(VERSION))</V></PropertyGroup>', 'it reads files while it is evaluated (App.csproj)'],
  ['<Target Name="X" BeforeTargets="Restore" />', 'it runs a target of its own when it is restored (App.csproj)'],
  ['<PropertyGroup><RestoreSources>./feed</RestoreSources></PropertyGroup>', 'RestoreSources says that it reads or writes elsewhere (App.csproj)'],
  ['<PropertyGroup Condition="Exists(\'lib\')" />', 'it asks whether `lib` exists (App.csproj)'],
  ['<PropertyGroup Condition="Exists(\'version.txt\')" />', 'App.csproj version.txt, writes obj, exact'],
])('a project with %s', (element, closure) => {
  const files = { 'App.csproj': packages.replace('</Project>', `${element}</Project>`), 'lib/x.cs': '', 'version.txt': '1' };
  expect(closureOf('dotnet restore', files)).toBe(closure);
});

test.each([
  ['dotnet restore -s ./feed', 'packages may come from a folder of the project'],
  ['dotnet restore -s https://nuget.example', 'App.csproj, writes obj, exact'],
  ['dotnet restore --packages pkgs', 'it reads or writes packages in a folder of its own'],
  ['dotnet restore --configfile ci/nuget.config', 'packages may come from a folder of the project (ci/nuget.config)'],
  ['dotnet restore --configfile missing.config', 'the install reads a file that the build context does not hold (missing.config)'],
  ['NUGET_PACKAGES=pkgs dotnet restore', 'App.csproj, writes obj pkgs, exact'],
])('the closure of %s', (line, closure) => {
  const local = '<configuration><packageSources><add key="local" value="../feed" /></packageSources></configuration>';
  expect(closureOf(line, { 'App.csproj': packages, 'ci/nuget.config': local })).toBe(closure);
});

test.each([
  ['dotnet publish -c Release -o /out', 'dotnet restore'],
  ['dotnet build "Api.csproj" -c $CONFIGURATION', 'dotnet restore "Api.csproj"'],
  ['dotnet publish Shop.sln -r linux-x64 --self-contained', 'dotnet restore Shop.sln -r linux-x64'],
  ['dotnet publish -a $TARGETARCH -p:PublishAot=true -p:Version=$VERSION', 'dotnet restore -a $TARGETARCH -p:PublishAot=true'],
  ['dotnet publish -c Release --no-restore', undefined],
  ['dotnet publish A.csproj B.csproj', undefined],
  ['dotnet Api.dll', undefined],
])('%s needs %s', (line, command) => {
  expect(fetchOf(line)?.command).toBe(command);
});

test.each([
  ['<PackageReference Include="A" Version="1.0.0" />', 'Api.csproj, writes obj, exact'],
  [
    `<PackageReference Condition="'$(Configuration)' == 'Release'" Include="A" Version="1.0.0" />`,
    'what it restores depends on the properties of the build (Api.csproj)',
  ],
  [`<PackageReference Condition="'$(Kind)' == 'x'" Include="A" Version="1.0.0" />`, 'what it restores depends on the properties of the build (Api.csproj)'],
  [`<PackageReference Condition="'$(TargetFramework)' == 'net8.0'" Include="A" Version="1.0.0" />`, 'Api.csproj, writes obj, exact'],
  ['<Compile Remove="a.cs" />', 'no package is required that could be fetched (Api.csproj)'],
])('fetched in front of a publish: %s', (item, expected) => {
  expect(closureOf('dotnet publish -c Release -p:Kind=$KIND', { 'Api.csproj': `<Project><ItemGroup>${item}</ItemGroup></Project>` })).toBe(expected);
});
