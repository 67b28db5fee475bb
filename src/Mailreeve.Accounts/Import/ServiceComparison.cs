using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Import;

/// <summary>Services of a file against those that are stored.</summary>
internal static class ServiceComparison
{
    public static void Compare(CustomerPlan plan, IReadOnlyList<ServiceEntry> entries, IReadOnlyList<Service> stored)
    {
        foreach (var entry in entries)
        {
            var old = stored.FirstOrDefault(s => s.Name == entry.Name);
            var service = new Service
            {
                Id = old?.Id ?? 0,
                Customer = plan.Customer.Id,
                Kind = entry.Kind,
                Name = entry.Name,
                State = entry.State ?? (old is null or { State: ServiceState.Ended } ? ServiceState.Active : old.State),
                Login = entry.Login,
            };
            if (service == old)
                continue;
            plan.PutServices.Add(service);
            plan.Changes.Add(old is null
                ? new ImportChange('+', Text(service))
                : new ImportChange('~', $"{Text(old)} -> {Rest(service)}"));
        }

        foreach (var gone in stored.Where(s => s.State != ServiceState.Ended && !entries.Any(e => e.Name == s.Name)))
        {
            plan.PutServices.Add(gone with { State = ServiceState.Ended });
            plan.Changes.Add(new ImportChange('-', Text(gone)));
        }
    }

    private static string Text(Service service) => $"service {service.Name} ({Rest(service)})";

    private static string Rest(Service service) =>
        $"{EnumText.Of(service.Kind)}, {EnumText.Of(service.State)}{(service.Login is null ? "" : $", login {service.Login}")}";
}
