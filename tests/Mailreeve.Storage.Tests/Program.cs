using Mailreeve.Storage.Tests.Segments;
using Xunit.Runner.InProc.SystemConsole;

return args is [AppendingProcess.Command, var folder, var first]
    ? await AppendingProcess.RunAsync(folder, uint.Parse(first))
    : await ConsoleRunner.Run(args);
