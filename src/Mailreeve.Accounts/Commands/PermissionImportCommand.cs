using Mailreeve.Policy.Files;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>permission import FILE --customer REG-NUMBER</c></summary>
public static class PermissionImportCommand
{
    private const int Batch = 5_000;

    /// <summary>Adds permissions to those on record (C1). Nothing is added from a file that has a mistake.</summary>
    /// <param name="database">Where.</param>
    /// <param name="fileName">The file, for messages.</param>
    /// <param name="lines">What is in it; see <see cref="PermissionFile"/>.</param>
    /// <param name="regNumber">Whose lists they are.</param>
    /// <param name="output">Where it is told.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when there is no such customer, or the file has a mistake.</returns>
    public static async Task<int> RunAsync(
        Database database, string fileName, IEnumerable<string> lines, string regNumber, TextWriter output, CancellationToken stop)
    {
        if (await FindCustomer.ByNumberAsync(database, regNumber, output, stop) is not { } customer)
            return 1;
        var entries = PermissionFile.Read(fileName, lines, out var problems);
        foreach (var problem in problems)
            await output.WriteLineAsync($"{problem}");
        if (problems.Count > 0)
            return 1;

        var added = 0;
        foreach (var batch in entries.Distinct().Chunk(Batch))
        {
            Permission[] rows = [.. batch.Select(e => new Permission(customer.Id, e.ListId, e.Recipient))];
            added += await database.WriteAsync(db => new PermissionStore(db).AddAsync(rows, stop), stop);
        }

        await output.WriteLineAsync($"{added} permissions added, {entries.Count - added} were on record.");
        return 0;
    }
}
