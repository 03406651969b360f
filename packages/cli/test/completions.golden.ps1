# Completions of pyspy for PowerShell. To use: run this file in $PROFILE.
using namespace System.Management.Automation

Register-ArgumentCompleter -Native -CommandName 'pyspy' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  # Of each command, "" for none: options, as word and description; the values that options take; arguments.
  $commands = @(
    , @('record', 'Record it; it''s [quick]: 100%')
    , @('report', 'Report')
    , @('dump', 'Dump')
    , @('finish', 'Finish')
    , @('help', 'Print help for a command')
  )
  $prefixes = @{
    'record' = 'record'
    'recor' = 'record'
    'reco' = 'record'
    'rec' = 'record'
    're' = 'record'
    'r' = 'record'
    'report' = 'report'
    'repor' = 'report'
    'repo' = 'report'
    'rep' = 'report'
    'dump' = 'dump'
    'dum' = 'dump'
    'du' = 'dump'
    'd' = 'dump'
    'finish' = 'finish'
    'finis' = 'finish'
    'fini' = 'finish'
    'fin' = 'finish'
    'fi' = 'finish'
    'f' = 'finish'
    'help' = 'help'
    'hel' = 'help'
    'he' = 'help'
    'h' = 'help'
  }
  $options = @{
    '' = @(
      , @('-V', 'output the version number')
      , @('--version', 'output the version number')
      , @('-h', 'Print help')
      , @('--help', 'Print help')
    )
    'record' = @(
      , @('-p', 'Process')
      , @('--pid', 'Process')
      , @('-o', 'File')
      , @('--output', 'File')
      , @('-f', 'Format')
      , @('--format', 'Format')
      , @('-F', 'Function''s line')
      , @('--function', 'Function''s line')
      , @('-r', 'Rate')
      , @('--rate', 'Rate')
      , @('--color', 'Colour')
      , @('-h', 'Print help')
      , @('--help', 'Print help')
    )
    'report' = @(
      , @('-c', 'Core file')
      , @('--core', 'Core file')
      , @('-h', 'Print help')
      , @('--help', 'Print help')
    )
    'dump' = @(
      , @('-p', 'Process')
      , @('--pid', 'Process')
      , @('-h', 'Print help')
      , @('--help', 'Print help')
    )
    'finish' = @(
      , @('-h', 'Print help')
      , @('--help', 'Print help')
    )
    'help' = @(

    )
  }
  $values = @{
    'record' = @(
      , @('-p', 'pid')
      , @('--pid', 'pid')
      , @('-o', 'file')
      , @('--output', 'file')
      , @('-f', @('flamegraph', 'raw', 'speedscope', 'chrometrace'))
      , @('--format', @('flamegraph', 'raw', 'speedscope', 'chrometrace'))
      , @('-r', 'text')
      , @('--rate', 'text')
      , @('--color', @('always', 'never'))
    )
    'report' = @(
    )
    'dump' = @(
      , @('-p', 'pid')
      , @('--pid', 'pid')
    )
    'finish' = @(
    )
    'help' = @(
    )
  }
  $arguments = @{
    'finish' = @('bash', 'zsh')
    'help' = @('record', 'report', 'dump', 'finish')
  }

  $command = ''
  $value = $null
  $elements = $commandAst.CommandElements | Select-Object -Skip 1
  foreach ($element in $elements) {
    if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete -ne '') { break }
    $word = $element.Extent.Text
    if ($null -ne $value) { $value = $null; continue }
    if ($word -ceq '--') { return }
    if ($word.StartsWith('-')) {
      if ($command -ne '') {
        $value = $values[$command] | Where-Object { $_[0] -ceq $word } | ForEach-Object { , $_[1] }
      }
      continue
    }
    if ($command -eq '') {
      if (-not $prefixes.ContainsKey($word)) { return }
      $command = $prefixes[$word]
      continue
    }
    return
  }

  $found = @(
    if ($null -ne $value) {
      if ($value -is [array]) {
        $value | ForEach-Object { , @($_, $_) }
      } elseif ($value -ceq 'pid') {
        Get-Process | ForEach-Object { , @([string]$_.Id, $_.ProcessName) }
      }
    } elseif ($wordToComplete.StartsWith('-')) {
      $options[$command]
    } elseif ($command -eq '') {
      $commands
    } elseif ($arguments.ContainsKey($command)) {
      $arguments[$command] | ForEach-Object { , @($_, $_) }
    }
  )
  $found | Where-Object { $_[0].StartsWith($wordToComplete, [StringComparison]::Ordinal) } |
    ForEach-Object { [CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1]) }
}
