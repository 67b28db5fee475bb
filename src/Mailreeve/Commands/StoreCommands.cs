using System.CommandLine;
using Mailreeve.Configuration;
using Mailreeve.Storage;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Commands;

/// <summary><c>mailreeve store verify</c>, <c>store backup</c> and <c>store restore</c></summary>
internal static class StoreCommands
{
    private const int Damaged = 1;
    private const string DatabaseCopy = "mailreeve.db";
    private const string MailCopy = "mail";
    private const string QueueCopy = "queue";

    public static Command Make() => new Command("store", "The messages on disk.") { Verify(), Backup(), Restore() };

    private static Command Verify()
    {
        var config = Setup.ConfigOption();
        var command = new Command("verify", "Reads every message and checks its checksum, and that each row has its segment. May run beside the program.") { config };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, settings, output) =>
            VerifyAsync(database, settings.MailFolder, output, stop)));
        return command;
    }

    private static async Task<int> VerifyAsync(Database database, string folder, TextWriter output, CancellationToken stop)
    {
        // The rows first: a segment that expires in between takes its rows along.
        var used = await database.ReadAsync(session => new MessageStore(session).SegmentsInUseAsync(stop), stop);
        var verified = SegmentVerification.Of(folder, stop);
        var missing = used.Select(s => new SegmentId(s)).Where(s => !File.Exists(Path.Combine(folder, s.FileName))).ToList();
        await output.WriteLineAsync($"{verified.Records} messages in {verified.Segments} segments, {verified.Bytes} octets");
        foreach (var problem in verified.Problems)
            await output.WriteLineAsync($"{problem}");
        foreach (var segment in missing)
            await output.WriteLineAsync($"{segment.FileName}: it is gone, and messages have rows that lead to it");
        if (verified.Problems.Count == 0 && missing.Count == 0)
            return 0;
        return Damaged;
    }

    private static Command Backup()
    {
        var config = Setup.ConfigOption();
        var folder = Folder("Where the copy goes. An earlier copy there is brought up to date.");
        var command = new Command("backup", "Copies database and messages, consistent, while the program runs.") { folder, config };
        command.SetAction((parsed, stop) => Setup.WithDatabaseAsync(parsed, config, (database, settings, output) =>
            Task.FromResult(Backup(database, settings, parsed.GetValue(folder)!.FullName, output, stop))));
        return command;
    }

    private static int Backup(Database database, Settings settings, string folder, TextWriter output, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        // The database first: every row of the copy then has its message, and what came in between gets its rows from the segments again.
        if (database is SqliteDatabase sqlite)
            sqlite.CopyTo(Path.Combine(folder, DatabaseCopy));
        else
            output.WriteLine("PostgreSQL is not copied: run pg_dump before this command, not after it.");
        var copy = SegmentBackup.Copy(settings.MailFolder, Path.Combine(folder, MailCopy), stop);
        output.WriteLine($"{copy.Segments} segments, {copy.BytesCopied} octets copied, up to {copy.End}");
        // What waits to be sent is mail, too; its rows are in the database that was copied before.
        var queue = Directory.Exists(settings.QueueFolder) ? SegmentBackup.Copy(settings.QueueFolder, Path.Combine(folder, QueueCopy), stop) : null;
        var found = copy.Problems.Concat(queue?.Problems ?? []).ToList();
        foreach (var problem in found)
            output.WriteLine($"{problem}");
        return found.Count == 0 ? 0 : Damaged;
    }

    private static Command Restore()
    {
        var config = Setup.ConfigOption();
        var folder = Folder("What 'store backup' made.");
        var command = new Command("restore", "Puts a copy back, where there is nothing yet. The program must not run.") { folder, config };
        command.SetAction(parsed =>
        {
            if (Setup.ReadSettings(parsed.GetValue(config)!, Console.Error) is not { } settings)
                return Setup.CannotBegin;
            return Restore(settings, parsed.GetValue(folder)!.FullName, Console.Out, Console.Error);
        });
        return command;
    }

    private static int Restore(Settings settings, string folder, TextWriter output, TextWriter errors)
    {
        var mail = Path.Combine(folder, MailCopy);
        var database = settings.Database.StartsWith("sqlite:", StringComparison.Ordinal) ? settings.Database["sqlite:".Length..] : null;
        if (!Directory.Exists(mail) || (database is not null && !File.Exists(Path.Combine(folder, DatabaseCopy))))
        {
            errors.WriteLine($"{folder}: this is no complete copy. Name the folder that 'mailreeve store backup' was given.");
            return Setup.CannotBegin;
        }

        foreach (var there in new[] { settings.MailFolder, settings.QueueFolder, database }.Where(path => path is not null && (File.Exists(path) || Directory.Exists(path))))
        {
            errors.WriteLine($"{there}: something is there already. Move it away; nothing is ever overwritten.");
            return Setup.CannotBegin;
        }

        var copy = SegmentBackup.Copy(mail, settings.MailFolder, CancellationToken.None);
        if (Directory.Exists(Path.Combine(folder, QueueCopy)))
            SegmentBackup.Copy(Path.Combine(folder, QueueCopy), settings.QueueFolder, CancellationToken.None);
        if (database is not null)
            File.Copy(Path.Combine(folder, DatabaseCopy), database);
        output.WriteLine($"{copy.Segments} segments restored, up to {copy.End}. The next start makes the rows of what came after the database was copied.");
        return copy.Problems.Count == 0 ? 0 : Damaged;
    }

    private static Argument<DirectoryInfo> Folder(string description) => new("folder") { Description = description };
}
