using Iarnet.Hosting.Tests.Harness;

namespace Iarnet.Hosting.Tests.Processes;

public sealed class PythonStartTests
{
    [Fact]
    public async Task A_missing_interpreter_fails_the_start_and_leaves_nothing()
    {
        using var folders = new NodeFolders();

        var failure = await Assert.ThrowsAsync<IarnetException>(() => TestHost.StartAsync(
            (node, _) => node.AddPythonFunction<int, int>("f", folders.Named("f.py")), options => options.PythonInterpreter = "/nowhere/python3", folders));

        Assert.Contains("/nowhere/python3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("PythonInterpreter", failure.Message, StringComparison.Ordinal);
        folders.AssertEmpty();
        Assert.False(Directory.Exists(folders.Run));
    }

    [Fact]
    public async Task An_interpreter_without_the_modules_fails_the_start_with_their_names()
    {
        using var folders = new NodeFolders();
        var interpreter = folders.Named("python");
        await File.WriteAllTextAsync(interpreter, "#!/bin/sh\n# -S: without the packages of the system.\nexec /usr/bin/python3 -S \"$@\"\n");
        File.SetUnixFileMode(interpreter, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var failure = await Assert.ThrowsAsync<IarnetException>(() => TestHost.StartAsync(
            (node, _) => node.AddPythonFunction<int, int>("f", folders.Named("f.py")), options => options.PythonInterpreter = interpreter, folders));

        Assert.Contains("zmq", failure.Message, StringComparison.Ordinal);
        Assert.Contains("python3-cloudpickle", failure.Message, StringComparison.Ordinal);
        folders.AssertEmpty();
    }

    [Fact]
    public async Task Python_functions_without_a_provider_that_runs_them_fail_the_start()
    {
        using var folders = new NodeFolders();

        var failure = await Assert.ThrowsAsync<FunctionNotSupportedException>(() => IarnetHost.StartAsync(node =>
            node.AddPythonFunction<int, int>("f", folders.Named("f.py")).Configure(folders.Apply)).Within("the start"));

        Assert.Contains("python", failure.Message, StringComparison.Ordinal);
    }
}
