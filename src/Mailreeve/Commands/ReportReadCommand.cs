using System.CommandLine;
using System.Text;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve report read [--json] [--own FILE] PATH…</c>. Needs neither configuration nor database.</summary>
internal static class ReportReadCommand
{
    private const int SomeUnreadable = 1;

    private static readonly Argument<string[]> Paths = new("path")
    {
        Description = "Files, or folders with them: mail as received, XARF as JSON, or what would be attached to a mail.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object a line for each file." };

    private static readonly Option<FileInfo?> Own = new("--own")
    {
        Description = "What is ours: an address, prefix, domain or mailbox a line. Only events about it are printed.",
    };

    public static Command Make()
    {
        var command = new Command("read", "Prints what is understood of reports. Nothing is stored. Ends with 1 when a file cannot be read.")
        {
            Paths, Json, Own,
        };
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed, stop)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        OwnResources? own = null;
        var json = parsed.GetValue(Json);
        if (parsed.GetValue(Own) is { } file && (own = ReadOwn(file)) is null)
            return Setup.CannotBegin;

        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 65_536);
        var unreadable = 0;
        // Some at a time: they are read side by side and printed in order, and never more than these are in memory.
        foreach (var some in parsed.GetValue(Paths)!.SelectMany(FilesOf).Chunk(Environment.ProcessorCount * 2))
        {
            var read = new (string Text, string? Problem)[some.Length];
            Parallel.For(0, some.Length, new ParallelOptions { CancellationToken = stop }, i => read[i] = Read(some[i], own, json));
            foreach (var (text, problem) in read)
            {
                output.Write(text);
                if (problem is null)
                    continue;
                unreadable++;
                Console.Error.WriteLine(problem);
            }
        }

        return unreadable == 0 ? 0 : SomeUnreadable;
    }

    private static (string Text, string? Problem) Read(string path, OwnResources? own, bool json)
    {
        try
        {
            var reading = ReportFile.Read(Path.GetFileName(path), Bytes(path), ReportLimits.Default);
            return (json ? ReportShow.Json(path, reading, own) : ReportShow.Text(path, reading, own), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Programs count on a line for each file.
            return (json ? ReportShow.Unreadable(path) : "", $"{path}: {e.Message}");
        }
    }

    // One more than the reader looks at, so that it says that there is more.
    private static byte[] Bytes(string path)
    {
        using var stream = File.OpenRead(path);
        var bytes = new byte[(int)Math.Min(stream.Length, ReportLimits.Default.MessageBytes + 1L)];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        try
        {
            // Links to folders are not followed: they may form a ring.
            var folders = Directory.GetDirectories(path).Where(f => (File.GetAttributes(f) & FileAttributes.ReparsePoint) == 0);
            return Directory.GetFiles(path).Order(StringComparer.Ordinal).Concat(folders.Order(StringComparer.Ordinal).SelectMany(FilesOf));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is told like a file that cannot be read.
            return [path];
        }
    }

    private static OwnResources? ReadOwn(FileInfo file)
    {
        try
        {
            var own = OwnResources.Read(File.ReadLines(file.FullName), out var problems);
            foreach (var problem in problems)
                Console.Error.WriteLine($"{file}: {problem}");
            return own;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{file}: {e.Message}");
            return null;
        }
    }
}
