# Made by python -m bgpd.manuals of the commands that bgpd knows.
function __bgpdcl_next
  set -l typed
  set -l socket
  set -l value ''
  for word in (commandline -opc)[2..]
    switch "$value"
      case -s --socket
        set socket -s $word
        set value ''
        continue
      case --color
        set value ''
        continue
    end
    switch "$word"
      case '-*'
        set value $word
      case '*'
        set value ''
        set -a typed $word
    end
  end
  switch "$typed"
    case 'show bfd sessions' 'show bfd sessions *'
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'show journal sessions' 'show journal sessions *'
      printf '%s\n' after from
    case 'show route history' 'show route history *'
      printf '%s\n' for table
    case 'add roa' 'add roa *'
      printf '%s\n' max as table
    case 'configure check' 'configure check *'
      printf '%s\n' changes
    case 'delete roa' 'delete roa *'
      printf '%s\n' max as table
    case 'flush roa' 'flush roa *'
      printf '%s\n' table
    case 'kernel diff' 'kernel diff *'
      printf '%s\n' table protocol
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'kernel flush' 'kernel flush *'
      printf '%s\n' protocol table dry-run
    case 'kernel show' 'kernel show *'
      printf '%s\n' table protocol
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'show bfd' 'show bfd *'
      printf '%s\n' sessions
    case 'show debug' 'show debug *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'show groups' 'show groups *'
      printf '%s\n' table all
    case 'show interfaces' 'show interfaces *'
      printf '%s\n' summary
    case 'show journal' 'show journal *'
      printf '%s\n' sessions after from table
    case 'show kernel' 'show kernel *'
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'show protocols' 'show protocols *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'show roa' 'show roa *'
      printf '%s\n' in for as table
    case 'show route' 'show route *'
      printf '%s\n' history for table where filter all primary filtered protocol export noexport preexport count stats
    case 'show static' 'show static *'
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'show symbols' 'show symbols *'
      printf '%s\n' table filter function protocol template roa
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'add' 'add *'
      printf '%s\n' roa
    case 'cluster' 'cluster *'
      printf '%s\n' status plan graph
    case 'configure' 'configure *'
      printf '%s\n' confirm undo check soft timeout
    case 'debug' 'debug *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'delete' 'delete *'
      printf '%s\n' roa
    case 'disable' 'disable *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'down' 'down *'
      printf '%s\n' graceful withdraw
    case 'drain' 'drain *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'dump' 'dump *'
      printf '%s\n' interfaces neighbors attributes routes protocols resources sockets events
    case 'echo' 'echo *'
      printf '%s\n' all off
    case 'enable' 'enable *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'explain' 'explain *'
      printf '%s\n' table all
    case 'filter' 'filter *'
      printf '%s\n' from to table received
    case 'flush' 'flush *'
      printf '%s\n' roa
    case 'kernel' 'kernel *'
      printf '%s\n' show diff flush
    case 'monitor' 'monitor *'
      printf '%s\n' routes sessions from table
    case 'mrtdump' 'mrtdump *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'node' 'node *'
      printf '%s\n' status
    case 'reload' 'reload *'
      printf '%s\n' in out all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'restart' 'restart *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case 'show' 'show *'
      printf '%s\n' status protocols route journal groups activity interfaces static symbols roa bfd memory kernel strangers debug
    case 'undrain' 'undrain *'
      printf '%s\n' all
      bgpdcl $socket show protocols 2>/dev/null | awk 'NR > 1 { print $1 }'
    case ''
      printf '%s\n' show cluster explain kernel filter eval enable disable restart reload drain undrain configure debug mrtdump add delete flush echo dump down restrict decode top monitor node
  end
end

complete -c bgpdcl -f -a '(__bgpdcl_next)'
complete -c bgpdcl -s s -l socket -r -F
complete -c bgpdcl -l color -x -a 'auto never'
complete -c bgpdcl -s j -l json
complete -c bgpdcl -s r -l restrict
complete -c bgpdcl -s h -l help
