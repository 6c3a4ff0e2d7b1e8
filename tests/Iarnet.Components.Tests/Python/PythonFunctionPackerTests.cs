using Iarnet.Components.Python;
using Iarnet.Functions;

namespace Iarnet.Components.Tests.Python;

/// <summary>Needs Debian's python3 and python3-cloudpickle, and fails where they are missing.</summary>
public sealed class PythonFunctionPackerTests : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private readonly string _folder = Directory.CreateTempSubdirectory("iarnet-python-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_function_is_packed_with_the_names_of_its_parameters()
    {
        var packed = await PackAsync("def add(left, right):\n    return left + right\n", "add");

        Assert.NotEmpty(packed.Pickle.ToArray());
        Assert.Equal(["left", "right"], packed.Parameters.AsEnumerable());
    }

    [Fact]
    public async Task What_the_file_prints_does_not_disturb_and_star_arguments_have_no_name()
    {
        var packed = await PackAsync("import sys\nprint('hello')\nsys.stdout.flush()\ndef total(*parts):\n    return sum(parts)\n", "total");

        Assert.Empty(packed.Parameters);
    }

    [Fact]
    public async Task A_packed_function_runs_in_a_process_that_does_not_have_its_file()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "neighbour.py"), "FACTOR = 6\n");
        var packed = await PackAsync("import neighbour\nOFFSET = 2\ndef work(x):\n    return neighbour.FACTOR * x + OFFSET\n", "work");
        var pickle = Path.Combine(Path.GetTempPath(), $"iarnet-{Path.GetRandomFileName()}");
        await File.WriteAllBytesAsync(pickle, packed.Pickle.ToArray());
        Directory.Delete(_folder, recursive: true);
        Directory.CreateDirectory(_folder);
        try
        {
            var start = new System.Diagnostics.ProcessStartInfo(Interpreter) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add("import sys, cloudpickle; print(cloudpickle.load(open(sys.argv[1], 'rb'))(5))");
            start.ArgumentList.Add(pickle);
            using var process = System.Diagnostics.Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().Within("the Python process");
            Assert.Equal("32", (await output).Trim() + await errors);
        }
        finally
        {
            File.Delete(pickle);
        }
    }

    [Fact]
    public async Task A_function_that_is_not_there_is_refused_with_those_that_are()
    {
        var error = await RefusedAsync("def one(): pass\ndef two(): pass\n", "three");

        Assert.Contains("has no function", error, StringComparison.Ordinal);
        Assert.Contains("one, two", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_Python_is_refused_with_the_line() =>
        Assert.Contains(":2:", await RefusedAsync("x = 1\ndef one(:\n", "one"), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_that_fails_on_import_is_refused_with_its_error() =>
        Assert.Contains("ZeroDivisionError", await RefusedAsync("1 / 0\n", "one"), StringComparison.Ordinal);

    [Fact]
    public async Task A_function_that_cannot_be_pickled_is_refused() =>
        Assert.Contains("cannot be pickled", await RefusedAsync("import threading\nlock = threading.Lock()\ndef one():\n    return lock\n", "one"), StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_interpreter_is_named_with_how_to_get_one()
    {
        var error = await RefusedAsync("def one(): pass\n", "one", "/nowhere/python3");

        Assert.Contains("/nowhere/python3", error, StringComparison.Ordinal);
        Assert.Contains("apt-get install", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_cloudpickle_is_named_with_its_package()
    {
        // An interpreter that does not look at installed packages.
        var bare = Path.Combine(_folder, "bare");
        await File.WriteAllTextAsync(bare, $"#!/bin/sh\nexec {Interpreter} -S \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(bare, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Assert.Contains("python3-cloudpickle", await RefusedAsync("def one(): pass\n", "one", bare), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_never_ends_its_import_is_given_up()
    {
        var path = Path.Combine(_folder, "f.py");
        await File.WriteAllTextAsync(path, "import threading\nthreading.Event().wait()\n");
        var packer = new PythonFunctionPacker(Interpreter, AppContext.BaseDirectory, TimeSpan.FromSeconds(1), TimeProvider.System);

        var error = await Assert.ThrowsAsync<FunctionNotSupportedException>(() => packer.PackAsync(new PythonFileCode(path, "f", []), default).AsTask().Within("the packer to give up"));

        Assert.Contains("not packed within", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var packer = new PythonFunctionPacker(Interpreter, AppContext.BaseDirectory, TimeSpan.FromSeconds(30), TimeProvider.System);

        var error = await Assert.ThrowsAsync<FunctionNotSupportedException>(() => packer.PackAsync(new PythonFileCode("/nowhere/f.py", "f", []), default).AsTask().Within("the packer"));

        Assert.Contains("/nowhere/f.py", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> RefusedAsync(string source, string function, string interpreter = Interpreter) =>
        (await Assert.ThrowsAsync<FunctionNotSupportedException>(() => PackAsync(source, function, interpreter))).Message;

    private async Task<PackedFunction> PackAsync(string source, string function, string interpreter = Interpreter)
    {
        var path = Path.Combine(_folder, "f.py");
        await File.WriteAllTextAsync(path, source);
        var packer = new PythonFunctionPacker(interpreter, AppContext.BaseDirectory, TimeSpan.FromSeconds(30), TimeProvider.System);
        return await packer.PackAsync(new PythonFileCode(path, function, []), default).AsTask().Within("the packer");
    }
}
