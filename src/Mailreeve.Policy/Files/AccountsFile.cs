namespace Mailreeve.Policy.Files;

/// <summary>Reads the accounts file: customers with their contacts, services and assignments, as one TOML text.</summary>
/// <remarks>
/// Here is checked what the file alone can tell; what depends on the customers that are stored is checked by the import.
/// The keys are read where they are used, in <see cref="CustomerReader"/>; <see cref="AccountsText"/> writes the same.
/// </remarks>
public static class AccountsFile
{
    /// <summary>Longest file that is read, in characters: some hundred thousand customers.</summary>
    public const int LengthMax = 64_000_000;

    /// <summary>Reads a file. All mistakes are told at once.</summary>
    /// <param name="fileName">Only for messages.</param>
    /// <param name="text">The file's text.</param>
    public static AccountsReading Read(string fileName, string text)
    {
        var problems = new FileProblems(fileName);
        if (text.Length > LengthMax)
        {
            problems.Add(new Place(1, 1), "", $"The file is longer than {LengthMax} characters.", "Import the customers in several files.");
            return new AccountsReading([], problems.InOrder());
        }

        var file = new TableReader(problems, TomlTree.Read(fileName, text, problems.All), "");
        var reader = new CustomerReader(problems);
        var customers = file.Tables("customer").Select(reader.Read).ToList();
        file.Finish();
        if (customers.Count == 0 && problems.All.Count == 0)
            problems.Add(new Place(1, 1), "customer", "There are no customers in this file.", "Write [[customer]].");
        return new AccountsReading(customers, problems.InOrder());
    }
}
