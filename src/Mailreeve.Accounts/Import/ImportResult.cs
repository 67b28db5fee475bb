using System.Text;
using Mailreeve.Policy.Files;

namespace Mailreeve.Accounts.Import;

/// <summary>What came of an import, or would come of it.</summary>
/// <param name="Problems">What is wrong; unless it is empty, nothing was done.</param>
/// <param name="Changes">What changes, as text of several lines; empty when nothing does.</param>
/// <param name="Count">How many changes.</param>
public sealed record ImportResult(IReadOnlyList<PolicyProblem> Problems, string Changes, int Count)
{
    internal static ImportResult From(ImportPlan plan, Dictionary<CustomerPlan, string> given)
    {
        if (plan.Problems.Count > 0)
            return new ImportResult(plan.Problems, "", 0);

        var text = new StringBuilder();
        foreach (var customer in plan.Customers)
        {
            var title = given.TryGetValue(customer, out var number) ? $"{number} {customer.Title} (number given now)"
                : customer.Customer.RegNumber.Length == 0 ? $"{customer.Title} (a number will be given)"
                : customer.Title;
            text.Append(title).Append('\n');
            foreach (var change in customer.Changes)
                text.Append("  ").Append(change.Sign).Append(' ').Append(change.What).Append('\n');
        }

        return new ImportResult([], text.ToString(), plan.Customers.Sum(c => c.Changes.Count));
    }
}
